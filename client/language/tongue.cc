#include "client/language/tongue.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/language/compiled_phrases.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

// GNU gettext puts a phrase's context before it, parted by this; forms of number are parted by NUL.
constexpr char kContextEnd[] = "\x04";

// Which translation goes with a number, in the order of the .po files (CLDR plural rules). Decimals
// go with the form of two.
size_t FormOf(absl::string_view language, absl::string_view number) {
  uint64_t n = 0;
  if (!absl::SimpleAtoi(number, &n)) return 1;
  if (language != "ru") return language == "fr" ? (n > 1 ? 1 : 0) : (n == 1 ? 0 : 1);
  const uint64_t last = n % 10, two = n % 100;
  if (last == 1 && two != 11) return 0;
  return last >= 2 && last <= 4 && (two < 12 || two > 14) ? 1 : 2;
}

class Translated final : public Phrases {
 public:
  explicit Translated(const CompiledLanguage& compiled)
      : compiled_(compiled), language_(compiled.language), phrases_(compiled.bytes) {}

  std::string language() const override { return language_; }

  // Most commands say nothing that needs the patterns: they are read when the first line comes.
  std::string Retell(absl::string_view line) const override { return Patterns().Line(line); }
  std::string RetellPart(absl::string_view part) const override { return Patterns().Part(part); }

  std::optional<std::string> Word(absl::string_view english) const override {
    if (english.empty()) return std::nullopt;  // the file's own heading
    const std::string spaced = absl::StrReplaceAll(english, {{"_", " "}});
    auto found = phrases_.Find(absl::StrCat("word", kContextEnd, spaced));
    if (!found) found = phrases_.Find(spaced);
    if (!found) return std::nullopt;
    return base::Str(*found);
  }

  std::optional<std::string> Field(absl::string_view english) const override {
    const auto found = phrases_.Find(absl::StrCat("field", kContextEnd, english));
    return found ? std::make_optional(base::Str(*found)) : std::nullopt;
  }

 protected:
  std::string Find(absl::string_view english) const override {
    return base::Str(phrases_.Find(english).value_or(english));
  }

 private:
  const Retelling& Patterns() const {
    if (!retelling_) retelling_.emplace(RetoldRulesOf(compiled_), WordingOf());
    return *retelling_;
  }

  Wording WordingOf() const {
    return {[this](absl::string_view text) { return Number(text); },
            [this](absl::string_view text) { return ShortDate(text); },
            [this](absl::string_view text) { return ShortSize(text); },
            [this](absl::string_view text) { return Word(text); },
            [this](absl::string_view text) { return FormOf(language_, text); }};
  }

  const CompiledLanguage compiled_;
  const std::string language_;
  const CompiledPhrases phrases_;
  mutable std::optional<Retelling> retelling_;
};

// "fr" of "fr-CH", "fr_CH.UTF-8" and "FR".
std::string FirstPart(absl::string_view tag) {
  return absl::AsciiStrToLower(tag.substr(0, tag.find_first_of("-_.@")));
}

}  // namespace

std::vector<RetoldRule> RetoldRulesOf(const CompiledLanguage& compiled) {
  const CompiledPhrases phrases(compiled.bytes);
  std::vector<RetoldRule> out;
  for (const char* context : {"line", "part"}) {
    const std::string prefix = absl::StrCat(context, kContextEnd);
    for (uint32_t i = 0; auto found = phrases.OfPrefix(prefix, i); ++i) {
      RetoldRule rule;
      rule.part = absl::string_view(context) == "part";
      rule.english = absl::StrSplit(found->first.substr(prefix.size()), '\0');
      rule.said = absl::StrSplit(found->second, '\0');
      out.push_back(std::move(rule));
    }
  }
  return out;
}

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
