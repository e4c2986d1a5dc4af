// Which statement of a value stands, of all that were made for one delegation, period and set of
// dimensions. One rule for the tables and for the brief (docs/metrics.md, "Series").
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "entente/v1/payload.pb.h"

namespace entente::meaning {

// As tables show them: the number with what qualifies it, or the trend, or why there is none.
bool SameValue(const v1::IndicatorValue& a, const v1::IndicatorValue& b);

// One value as it is stated in one slot; several where versions of the slot are in conflict.
struct Statement {
  uint64_t hlc = 0;
  std::string entry, slot;
  v1::IndicatorValue value;
};

// `One`: a Statement, or what adds to one.
template <class One>
struct StandingValue {
  std::vector<One> stands;    // the last of them is shown where one must be
  std::optional<One> before;  // of another slot: said earlier, and something else
  bool conflict() const { return stands.size() > 1; }
};

// By slot, the heads of each.
template <class One>
using BySlot = std::map<std::string, std::vector<One>>;

// All that versions of a slot state, unless they agree; of several slots the one signed last.
template <class One>
StandingValue<One> StandingOf(BySlot<One> slots) {
  const auto earlier = [](const One& a, const One& b) {
    return std::tie(a.hlc, a.entry) < std::tie(b.hlc, b.entry);
  };
  StandingValue<One> out;
  for (auto& [slot, statements] : slots) {
    std::sort(statements.begin(), statements.end(), earlier);
    // Versions that agree are no conflict about this value.
    if (std::all_of(statements.begin(), statements.end(),
                    [&last = statements.back()](const One& other) {
                      return SameValue(other.value, last.value);
                    })) {
      statements.erase(statements.begin(), statements.end() - 1);
    }
    if (out.stands.empty() || earlier(out.stands.back(), statements.back())) {
      std::swap(out.stands, statements);
    }
    // `statements` now is the slot that yields.
    if (statements.empty() || SameValue(statements.back().value, out.stands.back().value)) continue;
    if (!out.before || earlier(*out.before, statements.back())) out.before = statements.back();
  }
  return out;
}

}  // namespace entente::meaning
