#include "client/brief/texts.h"

#include "absl/strings/ascii.h"
#include "node/base/bytes.h"
#include "node/meaning/value/date.h"

namespace entente::client::brief {

namespace {

const v1::Text* In(const Texts& texts, absl::string_view language) {
  for (const v1::Text& text : texts) {
    if (SameLanguage(language, text.lang())) return &text;
  }
  return nullptr;
}

Text Shown(const v1::Text& text, const Phrases& phrases) {
  return {text.lang() == phrases.language() ? "" : text.lang(), text.text(), ""};
}

}  // namespace

bool SameLanguage(absl::string_view wanted, absl::string_view tag) {
  return !wanted.empty() && tag.substr(0, wanted.size()) == wanted &&
         (tag.size() == wanted.size() || tag[wanted.size()] == '-');
}

Text Named(const Texts& texts, const Phrases& phrases, absl::string_view fallback) {
  if (const v1::Text* text = In(texts, phrases.language())) return Shown(*text, phrases);
  if (const v1::Text* text = In(texts, "en")) return Shown(*text, phrases);
  if (!texts.empty()) return Shown(texts[0], phrases);
  return {"", base::Str(fallback), ""};
}

Text Written(const Texts& texts, const Phrases& phrases, const std::string& working_language) {
  if (const v1::Text* text = In(texts, phrases.language())) return Shown(*text, phrases);
  if (const v1::Text* text = In(texts, working_language)) return Shown(*text, phrases);
  if (texts.empty()) return {};
  Text original = Shown(texts[0], phrases);
  original.remark = phrases.Say("original {0}, no translation", {texts[0].lang()});
  return original;
}

Text InLanguage(const std::string& lang, const std::string& words, const Phrases& phrases) {
  return {lang == phrases.language() ? "" : lang, words, ""};
}

std::string Day(uint64_t unix_ms, const Phrases& phrases) {
  if (unix_ms == 0) return "";
  constexpr uint64_t kDayMs = 86'400'000;
  return phrases.Date(
      meaning::PrintDate(meaning::DateOfDay(static_cast<int64_t>(unix_ms / kDayMs))));
}

std::string Anchor(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += absl::ascii_isalnum(byte) ? c : c == '/' ? '.' : '-';
  }
  return out;
}

}  // namespace entente::client::brief
