#include "node/meaning/value/doc_ref.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

// A cursor over the text: each Eat takes what fits and says whether it did.
class Scanner {
 public:
  explicit Scanner(absl::string_view text) : rest_(text) {}
  bool Done() const { return rest_.empty(); }
  bool Eat(absl::string_view word) {
    if (rest_.substr(0, word.size()) != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool EatDigits(size_t min, size_t max) {
    size_t n = 0;
    while (n < rest_.size() && n < max && absl::ascii_isdigit(Byte(n))) ++n;
    return Take(n, min);
  }
  bool EatUpper(size_t min, size_t max) {
    size_t n = 0;
    while (n < rest_.size() && n < max && absl::ascii_isupper(Byte(n))) ++n;
    return Take(n, min);
  }

 private:
  unsigned char Byte(size_t i) const { return static_cast<unsigned char>(rest_[i]); }
  bool Take(size_t n, size_t min) {
    if (n < min) return false;
    rest_.remove_prefix(n);
    return true;
  }
  absl::string_view rest_;
};

// "REV 1", "COR 1 ADD 2", each after a blank.
bool EatSuffixes(Scanner& scan) {
  while (!scan.Done()) {
    if (!scan.Eat(" ")) return false;
    if (!scan.Eat("INIT") && !scan.Eat("REV") && !scan.Eat("COR") && !scan.Eat("ADD") &&
        !scan.Eat("EXT")) {
      return false;
    }
    Scanner number = scan;
    number.Eat(" ");
    if (number.EatDigits(1, 2)) scan = number;
  }
  return true;
}

bool IsCouncil(absl::string_view text) {
  Scanner scan(text);
  if (scan.Eat("ST ") || scan.Eat("CM ") || scan.Eat("DS ") || scan.Eat("SN ")) {
    Scanner register_form = scan;  // "ST 12345 2000 ADD 1"
    if (register_form.EatDigits(1, 5) && register_form.Eat(" ") && register_form.EatDigits(4, 4)) {
      return EatSuffixes(register_form);
    }
  }
  if (!scan.EatDigits(1, 5) || !scan.Eat("/") || !scan.EatDigits(1, 2)) return false;
  if (scan.Eat("/") && !scan.EatDigits(2, 2)) return false;
  return EatSuffixes(scan);
}

bool IsSubjectCode(absl::string_view text) {
  Scanner scan(text);
  return scan.EatUpper(2, 12) && scan.Eat(" ") && scan.EatDigits(1, 4) && scan.Done();
}

bool IsOfficialJournal(absl::string_view text) {
  Scanner scan(text);
  return scan.EatDigits(4, 4) && scan.Eat("/") && scan.EatUpper(1, 1) && scan.Eat(" ") &&
         scan.EatDigits(1, 4) && scan.Eat("/") && scan.EatDigits(1, 3) && scan.Done();
}

bool IsCelex(absl::string_view text) {
  Scanner scan(text);
  if (!scan.EatDigits(5, 5) || !scan.EatUpper(1, 2) || !scan.EatDigits(4, 4)) return false;
  if (scan.Eat("(") && (!scan.EatDigits(2, 2) || !scan.Eat(")"))) return false;
  return scan.Done();
}

bool IsCommission(absl::string_view text) {
  Scanner scan(text);
  if (!scan.Eat("COM(") && !scan.Eat("SWD(") && !scan.Eat("JOIN(")) return false;
  if (!scan.EatDigits(4, 4) || !scan.Eat(") ") || !scan.EatDigits(1, 4)) return false;
  scan.Eat(" final");
  return scan.Done();
}

bool IsUnitedNations(absl::string_view text) {
  std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() < 2 || (parts[0] != "A" && parts[0] != "E" && parts[0] != "S")) return false;
  for (const auto& part : parts) {
    if (part.empty()) return false;
    for (unsigned char c : part) {
      if (!absl::ascii_isalnum(c) && c != '.' && c != '-') return false;
    }
  }
  return true;
}

}  // namespace

bool IsDocRef(absl::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return IsCouncil(text) || IsSubjectCode(text) || IsOfficialJournal(text) || IsCelex(text) ||
         IsCommission(text) || IsUnitedNations(text);
}

std::string LikelyDocRef(absl::string_view text) {
  std::string out = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(text));
  for (char& c : out) {
    if (c == '-' || c == '\\' || c == '_') c = '/';
  }
  return IsCouncil(out) ? out : "";
}

}  // namespace entente::meaning
