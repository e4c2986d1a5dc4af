#include "client/brief/html_parts.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace entente::client::brief {

namespace {

std::string LanguageAttributes(const std::string& lang) {
  return lang.empty() ? "" : absl::StrCat(" lang=\"", Escaped(lang), "\" dir=\"auto\"");
}

std::string Remark(const Text& text) {
  return text.remark.empty() ? ""
                             : absl::StrCat("<p class=\"remark\">", Escaped(text.remark), "</p>\n");
}

}  // namespace

std::string Escaped(absl::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string Span(const Text& text) {
  if (text.lang.empty() || text.words.empty()) return Escaped(text.words);
  return absl::StrCat("<span", LanguageAttributes(text.lang), ">", Escaped(text.words), "</span>");
}

std::string Paragraphs(const Text& text) {
  std::string out = Remark(text);
  for (absl::string_view paragraph : absl::StrSplit(text.words, "\n\n")) {
    paragraph = absl::StripAsciiWhitespace(paragraph);
    if (paragraph.empty()) continue;
    absl::StrAppend(&out, "<p", LanguageAttributes(text.lang), ">",
                    absl::StrReplaceAll(Escaped(paragraph), {{"\n", "<br>\n"}}), "</p>\n");
  }
  return out;
}

}  // namespace entente::client::brief
