// Which things go first on the wire, and how much of each there is; order.h.
#pragma once

#include <cstdint>
#include <map>

namespace entente::sync {

enum class WireClass : uint8_t {
  kAuthority = 0,  // notes and suspends, proofs of forks: never in a run
  kReceipts = 1,   // the register's: never in a run
  kDeadline = 2,   // reports of a round whose deadline is still to come, the earliest first
  kEntries = 3,
  kLarge =
      4,  // from the first payload over kLargePayload on, where nothing urgent stands behind it
  kBlobs = 5,  // never in a run
};

struct ClassSize {
  uint64_t entries = 0;  // of kAuthority: notes
  uint64_t bytes = 0;    // on the wire
};
using Sizes = std::map<WireClass, ClassSize>;

}  // namespace entente::sync
