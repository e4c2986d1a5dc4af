// How far a peer's clock is ahead of this node's, for a warning only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace entente::sync {

// Milliseconds, at most a century either way: what a peer tells may be of no time at all, and who
// reads the difference goes on calculating with it. REQUIRES: `own` is not negative.
inline int64_t ClockAhead(uint64_t theirs, int64_t own) {
  constexpr int64_t kMost = int64_t{100} * 366 * 24 * 3600 * 1000;
  constexpr uint64_t kTold = std::numeric_limits<int64_t>::max();
  return std::clamp(static_cast<int64_t>(std::min(theirs, kTold)) - own, -kMost, kMost);
}

}  // namespace entente::sync
