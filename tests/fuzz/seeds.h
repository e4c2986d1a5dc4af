// Where fuzzing begins: valid inputs of each target, made by the encoders themselves. Written to
// tests/fuzz/corpus/TARGET/seed-NAME by `fuzz_replay --write-seeds=DIR`; what fuzzing found stands
// beside them as found-NAME. Every seed has the same bytes each time.
#pragma once

#include <map>
#include <string>

namespace entente::fuzz {

using Seeds = std::map<std::string, std::string>;  // name -> bytes
using AllSeeds = std::map<std::string, Seeds>;     // target -> seeds

void AddLedgerSeeds(AllSeeds& all);
void AddSyncSeeds(AllSeeds& all);
void AddDialerSeeds(AllSeeds& all);
void AddBundleSeeds(AllSeeds& all);
void AddMeaningSeeds(AllSeeds& all);
void AddFileSeeds(AllSeeds& all);
void AddTlogSeeds(AllSeeds& all);
void AddRegisterSeeds(AllSeeds& all);
void AddAnswerSeeds(AllSeeds& all);

// "x" with its length in front, as Choices::Piece takes it.
inline std::string PieceOf(const std::string& x) {
  return std::string{static_cast<char>(x.size() >> 8), static_cast<char>(x.size())} + x;
}

}  // namespace entente::fuzz
