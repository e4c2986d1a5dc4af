// Seeded changes of known inputs: what libFuzzer does, without its feedback. Same seed, same inputs
// on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace entente::fuzz {

class Mutator {
 public:
  // `corpus` outlives this and holds at least one input, which may be empty.
  Mutator(const std::vector<std::string>* corpus, uint64_t seed)
      : corpus_(*corpus), random_(seed) {}

  // One of the corpus with one to eight changes; at most kBytesMax long.
  std::string Next();

  static constexpr size_t kBytesMax = 64 << 10;

 private:
  uint64_t Below(uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }
  const std::string& Any() { return corpus_[Below(corpus_.size())]; }
  void Change(std::string& input);
  void Replace(std::string& input);
  void ReplaceNumber(std::string& input);

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_;
};

}  // namespace entente::fuzz
