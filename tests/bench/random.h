// The benchmarks' numbers: SplitMix64, so that one seed gives the same data on every machine.
// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
#pragma once

#include <cstdint>
#include <string>

namespace entente::bench {

inline constexpr uint64_t kSeed = 20171012;

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0..n-1. REQUIRES: n > 0. Slightly uneven, which does not matter here.
  uint64_t Below(uint64_t n) { return Next() % n; }

  std::string Bytes(size_t n) {
    std::string out;
    while (out.size() < n) {
      const uint64_t word = Next();
      out.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    out.resize(n);
    return out;
  }

 private:
  uint64_t state_;
};

}  // namespace entente::bench
