#include "client/language/tongue.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "client/language/compiled_phrases.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

class Translated final : public Phrases {
 public:
  explicit Translated(const CompiledLanguage& compiled)
      : language_(compiled.language), phrases_(compiled.bytes) {}

  std::string language() const override { return language_; }

 protected:
  std::string Find(absl::string_view english) const override {
    return base::Str(phrases_.Find(english).value_or(english));
  }

 private:
  const std::string language_;
  const CompiledPhrases phrases_;
};

// "fr" of "fr-CH", "fr_CH.UTF-8" and "FR".
std::string FirstPart(absl::string_view tag) {
  return absl::AsciiStrToLower(tag.substr(0, tag.find_first_of("-_.@")));
}

}  // namespace

std::vector<std::string> SpokenLanguages() {
  std::vector<std::string> out = {"en"};
  for (const CompiledLanguage& compiled : CompiledLanguages()) out.push_back(compiled.language);
  return out;
}

bool Spoken(absl::string_view tag) {
  const std::string wanted = FirstPart(tag);
  for (const std::string& language : SpokenLanguages()) {
    if (language == wanted) return true;
  }
  return false;
}

std::unique_ptr<Phrases> PhrasesIn(absl::string_view tag, const std::vector<std::string>& locales) {
  std::vector<std::string> wishes = {base::Str(tag)};
  for (const std::string& locale : locales) {
    for (absl::string_view one : absl::StrSplit(locale, ':')) wishes.push_back(base::Str(one));
  }
  for (const std::string& wish : wishes) {
    const std::string wanted = FirstPart(wish);
    if (wanted == "en" || wanted == "c" || wanted == "posix") break;
    for (const CompiledLanguage& compiled : CompiledLanguages()) {
      if (wanted == compiled.language) return std::make_unique<Translated>(compiled);
    }
  }
  return std::make_unique<Phrases>();
}

}  // namespace entente::client
