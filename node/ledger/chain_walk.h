// Which notes of a chain are in force, and which are in dispute (docs/ledger.md, "In force").
#pragma once

#include <vector>

#include "node/ledger/authority_state.h"

namespace entente::ledger {

struct ChainWalk {
  std::vector<const HeldNote*> in_force;  // from position 1 on
  std::vector<const HeldNote*>
      disputed;  // every note on the branches of the fork that ended the walk
  bool forked = false;
};

// Goes from position 1 on while it is clear which successor counts: the only one; of several the
// one on the line of a standing anchor, else the one that a unanimous heal on its own branch names.
// Ends before a note with an act word this version does not know. A chain that is not held: empty.
ChainWalk WalkChain(const AuthorityData& data, const NoteId& chain,
                    const std::vector<NoteId>& anchors);

}  // namespace entente::ledger
