// When to dial again: exponential with full jitter, so that nodes that lost one peer do not all
// come back at once. Randomness is an input. Source: "Exponential Backoff And Jitter", AWS
// Architecture Blog (full jitter).
#pragma once

#include <cstdint>

#include "node/sync/contact/goodput.h"

namespace entente::sync {

inline constexpr Millis kBackoffFirst = 1'000;
inline constexpr Millis kBackoffMax = 15 * 60 * 1'000;

class Backoff {
 public:
  // After a failed contact; `draw` is any uniformly random number. Uniform in [0, limit), where the
  // limit doubles with each failure from 1 s to 15 min; never under 100 ms.
  Millis Next(uint64_t draw);
  // After a good contact, any inbound contact, a change of network, or when a person asks.
  void Reset() { limit_ = kBackoffFirst; }

 private:
  Millis limit_ = kBackoffFirst;
};

}  // namespace entente::sync
