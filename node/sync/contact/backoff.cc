#include "node/sync/contact/backoff.h"

#include <algorithm>

namespace entente::sync {

namespace {
constexpr Millis kBackoffMin = 100;
}

Millis Backoff::Next(uint64_t draw) {
  Millis delay = static_cast<Millis>(draw % static_cast<uint64_t>(limit_));
  limit_ = std::min(kBackoffMax, limit_ * 2);
  return std::max(kBackoffMin, delay);
}

}  // namespace entente::sync
