#include "node/meaning/text/code.h"

namespace entente::meaning {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool Fits(absl::string_view code, size_t min, size_t max, bool digit_first, bool lower) {
  if (code.size() < min || code.size() > max || code[0] == '-') return false;
  if (!digit_first && IsDigit(code[0])) return false;
  for (char c : code) {
    if (!IsUpper(c) && !IsDigit(c) && c != '-' && !(lower && IsLower(c))) return false;
  }
  return true;
}

}  // namespace

bool IsInstrumentCode(absl::string_view code) { return Fits(code, 2, 32, false, false); }
bool IsDelegationCode(absl::string_view code) { return Fits(code, 2, 32, false, false); }
bool IsRoundCode(absl::string_view code) { return Fits(code, 1, 32, true, false); }
bool IsIndicatorCode(absl::string_view code) { return Fits(code, 1, 32, true, false); }
bool IsChapterCode(absl::string_view code) { return Fits(code, 1, 16, true, true); }

bool IsCommitmentCode(absl::string_view code) {
  size_t slash = code.find('/');
  return slash != absl::string_view::npos && IsChapterCode(code.substr(0, slash)) &&
         IsChapterCode(code.substr(slash + 1));
}

absl::string_view ChapterOf(absl::string_view commitment_code) {
  return commitment_code.substr(0, commitment_code.find('/'));
}

}  // namespace entente::meaning
