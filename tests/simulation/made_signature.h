// What became of signatures over checkpoints. Kept outside the nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <tuple>

#include "node/base/id.h"

namespace entente::simulation {

// A checkpoint that somebody beside the register's own node has, or had until his disk was replaced
// by an older one: a signature that nobody ever got hurts nobody.
struct HeldCheckpoint {
  base::InstrumentId instrument;
  size_t node = 0;  // who has it
  uint64_t size = 0;
  base::Digest root;
};

// Every size and root that a register ever signed, also where it was lost with the disk before
// anybody else had it.
using SignedRoots = std::set<std::tuple<base::InstrumentId, uint64_t, base::Digest>>;

// A cosignature, in the order they were made, whether or not anybody was told.
struct MadeCosignature {
  base::InstrumentId instrument;
  size_t node = 0;  // the witness
  uint64_t size = 0;
};

}  // namespace entente::simulation
