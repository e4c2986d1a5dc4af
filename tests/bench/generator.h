// Reports as delegations might write them: some 700 bytes each, every one in a slot of its own,
// with narratives drawn evenly from a list of 2 000 made-up words (what a compressor finds
// hardest).
#pragma once

#include <string>
#include <vector>

#include "tests/bench/random.h"

namespace entente::bench {

inline constexpr size_t kWords = 2000;
inline constexpr size_t kPayloadBytes = 700;  // of a report, roughly
// Commitments "C00/000".."C09/099" that reports are about.
inline constexpr uint64_t kChapters = 10;
inline constexpr uint64_t kCommitmentsPerChapter = 100;

std::string ChapterCode(uint64_t chapter);
std::string CommitmentCode(uint64_t commitment);

class Generator {
 public:
  explicit Generator(uint64_t seed);
  // The payload of the n-th report of this delegation: same n, same slot.
  std::string Report(const std::string& delegation_code, uint64_t n);

 private:
  std::string Narrative(size_t bytes);

  Random random_;
  std::vector<std::string> words_;
};

}  // namespace entente::bench
