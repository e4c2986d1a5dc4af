#include "node/meaning/value/period.h"

#include <cctype>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

bool AllDigits(absl::string_view text) {
  for (char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

int Number(absl::string_view digits) {
  int n = 0;
  for (char c : digits) n = n * 10 + (c - '0');
  return n;
}

Period Months(int year, int first, int last) {
  return {{year, first, 1}, {year, last, DaysInMonth(year, last)}};
}

// One side of an interval, or a period that is none.
std::optional<Period> ParseSimple(absl::string_view text) {
  if (text.size() < 4 || !AllDigits(text.substr(0, 4))) return std::nullopt;
  int year = Number(text.substr(0, 4));
  if (year < 1) return std::nullopt;
  if (text.size() == 4) return Months(year, 1, 12);
  if (text[4] != '-' || text.size() < 7) return std::nullopt;
  absl::string_view rest = text.substr(5);
  if (rest.size() == 2 && rest[0] == 'Q' && rest[1] >= '1' && rest[1] <= '4') {
    return Months(year, (rest[1] - '1') * 3 + 1, (rest[1] - '1') * 3 + 3);
  }
  if (rest.size() == 2 && rest[0] == 'S' && (rest[1] == '1' || rest[1] == '2')) {
    return Months(year, (rest[1] - '1') * 6 + 1, (rest[1] - '1') * 6 + 6);
  }
  if (rest.size() == 2 && AllDigits(rest) && DaysInMonth(year, Number(rest)) > 0) {
    return Months(year, Number(rest), Number(rest));
  }
  if (auto date = ParseDate(text)) return Period{*date, *date};
  return std::nullopt;
}

// "Q3", "S1" within upper-case text without separators; the year is the run of four digits.
std::string FromParts(const std::string& year, const std::string& part) {
  std::string candidate = year + "-" + part;
  return ParseSimple(candidate) ? candidate : "";
}

}  // namespace

std::optional<Period> ParsePeriod(absl::string_view text) {
  size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return ParseSimple(text);
  absl::string_view left = text.substr(0, slash), right = text.substr(slash + 1);
  auto first = ParseSimple(left), last = ParseSimple(right);
  bool quarters = left.find_first_of("QS") != absl::string_view::npos ||
                  right.find_first_of("QS") != absl::string_view::npos;
  if (!first || !last || left.size() != right.size() || quarters) return std::nullopt;
  return Period{first->first, last->last};
}

std::string CanonicalPeriod(absl::string_view text) {
  if (ParsePeriod(text)) return base::Str(text);
  std::string upper = absl::AsciiStrToUpper(absl::StripAsciiWhitespace(text));
  if (ParsePeriod(upper)) return upper;
  std::string compact;
  for (char c : upper) {
    if (std::isalnum(static_cast<unsigned char>(c))) compact.push_back(c);
  }
  if (compact.size() == 6 && AllDigits(compact)) {
    if (upper.size() == 7 && AllDigits(absl::string_view(upper).substr(0, 2))) {  // "06.2017"
      return FromParts(compact.substr(2), compact.substr(0, 2));
    }
    return FromParts(compact.substr(0, 4), compact.substr(4));  // "201706"
  }
  if (compact.size() != 6) return "";
  if (AllDigits(absl::string_view(compact).substr(0, 4))) {  // "2017Q3"
    return FromParts(compact.substr(0, 4), compact.substr(4));
  }
  if (AllDigits(absl::string_view(compact).substr(2))) {  // "Q3 2017"
    return FromParts(compact.substr(2), compact.substr(0, 2));
  }
  return "";
}

}  // namespace entente::meaning
