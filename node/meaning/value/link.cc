#include "node/meaning/value/link.h"

#include "absl/strings/ascii.h"
#include "node/meaning/text/code.h"

namespace entente::meaning {
namespace {

bool IsDigitByte(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// "3.5", "16.a": a goal from 1 to 17, a dot, and a number or one letter.
bool IsTarget(absl::string_view text) {
  const size_t dot = text.find('.');
  if (dot == absl::string_view::npos || dot == 0 || dot > 2) return false;
  int goal = 0;
  for (const char c : text.substr(0, dot)) {
    if (!IsDigitByte(c)) return false;
    goal = goal * 10 + (c - '0');
  }
  const absl::string_view rest = text.substr(dot + 1);
  if (goal < 1 || goal > 17 || text[0] == '0' || rest.empty() || rest.size() > 2) return false;
  if (rest.size() == 1 && rest[0] >= 'a' && rest[0] <= 'd') return true;
  for (const char c : rest) {
    if (!IsDigitByte(c)) return false;
  }
  return rest[0] != '0';
}

}  // namespace

bool IsLink(absl::string_view text) {
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return text != "SDG" && IsInstrumentCode(text);
  const absl::string_view first = text.substr(0, slash), rest = text.substr(slash + 1);
  if (first == "SDG") return IsTarget(rest);
  return IsInstrumentCode(first) && (IsChapterCode(rest) || IsCommitmentCode(rest));
}

bool IsOutsideCode(absl::string_view text) {
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos || !IsInstrumentCode(text.substr(0, slash))) return false;
  const absl::string_view code = text.substr(slash + 1);
  if (code.empty() || code.size() > 32) return false;
  for (const char c : code) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') return false;
  }
  return true;
}

}  // namespace entente::meaning
