// Proving that a register contradicted itself, from what is held here.
#pragma once

#include <string>

#include "node/register/rows.h"
#include "node/tlog/checkpoint.h"

namespace entente::reg {

// `told` does not go with the tree here, whose newest signed checkpoint is `held`. The text of an
// equivocation file that proves it (docs/protocol.md, "Proofs of misbehaviour"); empty where
// nothing can be proven from here, as when the larger of the two is the one whose tree is not held.
absl::StatusOr<std::string> ProveContradiction(const Get& get, const LogId& log,
                                               const VerifierKey& key,
                                               const tlog::SignedCheckpoint& told,
                                               const tlog::SignedCheckpoint& held,
                                               const crypto::Verifier& verifier);
// Does the file prove that this register contradicted itself?
bool Proves(absl::string_view file, const VerifierKey& key, const crypto::Verifier& verifier);

}  // namespace entente::reg
