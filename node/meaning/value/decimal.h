// Decimal numbers as people report them: text, never binary floating point. Grammar: optional '-',
// 1 to 18 digits, optionally '.' and 1 to 9 digits. No plus sign, exponent, group separator or
// comma.
#pragma once

#include <compare>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::meaning {

class Decimal {
 public:
  static std::optional<Decimal> Parse(absl::string_view text);

  int decimals() const { return decimals_; }  // digits after the dot, as written
  bool IsZero() const { return units_ == 0; }

  Decimal operator+(const Decimal& other) const;
  friend bool operator==(const Decimal& a, const Decimal& b) { return a.units_ == b.units_; }
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
    return a.units_ < b.units_   ? std::strong_ordering::less
           : a.units_ > b.units_ ? std::strong_ordering::greater
                                 : std::strong_ordering::equal;
  }

  // More than ten times the other's size, either way round. A zero is never far from anything.
  bool FarFrom(const Decimal& other) const;

  std::string Print() const;  // shortest form: "430", "-0.5"

 private:
  __extension__ typedef __int128 Wide;
  Wide units_ = 0;  // billionths; at most 10^27, so sums of many stay in range
  int decimals_ = 0;
};

// What the author probably meant by a number that is not in the grammar ("1 234,5" is 1234.5), or
// "".
std::string LikelyDecimal(absl::string_view text);

}  // namespace entente::meaning
