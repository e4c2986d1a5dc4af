#include "node/meaning/value/decimal.h"

#include <algorithm>

#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

constexpr int kScale = 9;
constexpr size_t kIntegerDigitsMax = 18;

bool IsDecimalDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Decimal> Decimal::Parse(absl::string_view text) {
  bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  size_t dot = text.find('.');
  absl::string_view whole = text.substr(0, dot);
  absl::string_view part =
      dot == absl::string_view::npos ? absl::string_view() : text.substr(dot + 1);
  if (whole.empty() || whole.size() > kIntegerDigitsMax || part.size() > kScale) {
    return std::nullopt;
  }
  if (dot != absl::string_view::npos && part.empty()) return std::nullopt;
  Decimal out;
  for (char c : whole) {
    if (!IsDecimalDigit(c)) return std::nullopt;
    out.units_ = out.units_ * 10 + (c - '0');
  }
  for (int i = 0; i < kScale; ++i) {
    char c = static_cast<size_t>(i) < part.size() ? part[static_cast<size_t>(i)] : '0';
    if (!IsDecimalDigit(c)) return std::nullopt;
    out.units_ = out.units_ * 10 + (c - '0');
  }
  out.decimals_ = static_cast<int>(part.size());
  if (negative) out.units_ = -out.units_;
  return out;
}

Decimal Decimal::operator+(const Decimal& other) const {
  Decimal out;
  out.units_ = units_ + other.units_;
  out.decimals_ = std::max(decimals_, other.decimals_);
  return out;
}

bool Decimal::FarFrom(const Decimal& other) const {
  Wide a = units_ < 0 ? -units_ : units_, b = other.units_ < 0 ? -other.units_ : other.units_;
  if (a == 0 || b == 0) return false;
  return a > b * 10 || b > a * 10;
}

std::string Decimal::Print() const {
  Wide rest = units_ < 0 ? -units_ : units_;
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest > 0 || digits.size() <= kScale);
  std::reverse(digits.begin(), digits.end());
  std::string out = digits.substr(0, digits.size() - kScale);
  std::string part = digits.substr(digits.size() - kScale);
  while (!part.empty() && part.back() == '0') part.pop_back();
  if (!part.empty()) out += "." + part;
  return units_ < 0 ? "-" + out : out;
}

std::string LikelyDecimal(absl::string_view text) {
  std::string kept;
  size_t commas = 0, dots = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == ' ' || c == '\'' || c == '_') continue;
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0xA0) {
      ++i;  // no-break space
      continue;
    }
    if (c == 0xE2 && i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) == 0x80) {
      i += 2;  // thin and narrow no-break spaces
      continue;
    }
    commas += c == ',';
    dots += c == '.';
    kept.push_back(text[i]);
  }
  // One comma and no dot: a decimal comma. A dot as well, or several commas: they group thousands.
  bool comma_is_dot = commas == 1 && dots == 0;
  std::string out;
  for (char c : kept) {
    if (c == ',') {
      if (comma_is_dot) out.push_back('.');
    } else {
      out.push_back(c);
    }
  }
  if (!out.empty() && out[0] == '+') out.erase(0, 1);
  return Decimal::Parse(out) ? out : "";
}

}  // namespace entente::meaning
