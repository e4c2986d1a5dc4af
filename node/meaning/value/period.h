// Periods. Canonical text: 2017, 2017-S1 (half-year), 2017-Q3, 2017-06, 2017-10-12, and intervals
// of two years, two months or two dates: 2014/2020, 2014-01-01/2020-12-31. Quarters and half-years
// are SDMX's, the rest is ISO 8601. Entries carry the canonical text only; drafting also reads the
// forms people type (2017Q3, "Q3 2017", 2017S1, 201706).
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "node/meaning/value/date.h"

namespace entente::meaning {

struct Period {
  Date first, last;  // both inside; first > last for an interval that ends before it starts

  bool InOrder() const { return first <= last; }
  bool Contains(const Period& other) const { return first <= other.first && other.last <= last; }
};

// Canonical text only. An interval in the wrong order is read; see InOrder.
std::optional<Period> ParsePeriod(absl::string_view text);

// The canonical text of something near a period, or "" when it is not understood. Canonical text
// comes back as it is.
std::string CanonicalPeriod(absl::string_view text);

}  // namespace entente::meaning
