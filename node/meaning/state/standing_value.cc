#include "node/meaning/state/standing_value.h"

#include <string>

namespace entente::meaning {

bool SameValue(const v1::IndicatorValue& a, const v1::IndicatorValue& b) {
  if (a.trend() != v1::TREND_UNSPECIFIED || b.trend() != v1::TREND_UNSPECIFIED)
    return a.trend() == b.trend();
  if (a.value() != b.value()) return false;
  if (a.value().empty()) return a.status() == b.status();
  const auto letter = [](const v1::IndicatorValue& value) {
    return value.status() == "A" ? std::string() : value.status();  // a normal value
  };
  return a.approximate() == b.approximate() && letter(a) == letter(b);
}

}  // namespace entente::meaning
