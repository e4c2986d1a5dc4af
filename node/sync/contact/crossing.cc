#include "node/sync/contact/crossing.h"

#include <algorithm>

namespace entente::sync {

bool Crossing::Lead(bool insist) {
  const bool lead = own_ == Own::kAsking && (!live_ || insist);
  own_ = lead ? Own::kLeading : Own::kNone;
  return lead;
}

void Crossing::Live() {
  own_ = Own::kNone;
  live_ = true;
}

void Crossing::Over(bool live) {
  if (live) {
    live_ = false;
  } else {
    own_ = Own::kNone;
  }
}

bool Crossing::Grant(bool insist, bool connected) {
  switch (own_) {
    case Own::kLeading:
      return false;
    case Own::kAsking:
      if (smaller_ && connected) return false;
      own_ = Own::kCeded;
      return true;
    case Own::kCeded:
    case Own::kNone:
      break;
  }
  return !live_ || insist;
}

Millis AfterYield(int yields) {
  constexpr Millis kFirst = 200, kMax = 10'000;
  constexpr int kDoublingsMax = 6;
  return std::min(kMax, kFirst << std::clamp(yields - 1, 0, kDoublingsMax));
}

}  // namespace entente::sync
