// What other threads know of an instrument's register between two commits: an immutable value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "node/register/trust.h"

namespace entente::reg {

struct Head {
  LogId log;
  Trust trust;
  uint64_t leaves = 0;            // held here
  tlog::SignedCheckpoint newest;  // that holds over them; size 0: none yet
  uint64_t through_arrival = 0;   // kept here: arrivals up to this one are in the tree
  uint64_t cosigned_size = 0;     // what this node cosigned last
  uint64_t final_size = 0;        // newest final checkpoint; 0: none yet
  bool kept_here = false;
  std::string stopped;              // why the register makes no checkpoint; empty: it runs
  uint64_t evidence = 0;            // files that prove that it contradicts itself
  uint64_t claims_through = 0;      // arrivals whose `seen` was compared with the tree here
  std::vector<EntryId> bad_claims;  // entries that say they saw another tree
  std::string state;                // 8 bytes; equal on two nodes: neither has news for the other
};

}  // namespace entente::reg
