// The simulator's only source of chance: SplitMix64 (Steele, Lea, Flood 2014). The same seed gives
// the same numbers with every compiler. Never draw twice in one argument list: the order of
// arguments is the compiler's choice.
#pragma once

#include <cstddef>
#include <cstdint>

namespace entente::simulation {

class Prng {
 public:
  explicit Prng(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // 0 .. bound-1; the tiny bias does not matter here. REQUIRES: bound > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // low .. high, both included.
  uint64_t Between(uint64_t low, uint64_t high) { return low + Below(high - low + 1); }
  bool Chance(uint64_t per_thousand) { return Below(1000) < per_thousand; }
  // An own stream, so that one part's draws do not move another's.
  Prng Fork() { return Prng(Next()); }

 private:
  uint64_t state_;
};

}  // namespace entente::simulation
