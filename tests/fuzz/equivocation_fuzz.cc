// Proofs of misbehaviour: one spelling, and what proves something names its accused.
#include "node/tlog/equivocation.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(equivocation, input) {
  const auto parsed = tlog::ParseEquivocation(input);
  if (!parsed.ok()) return;
  FUZZ_CHECK(tlog::EquivocationText(*parsed) == input);
  const auto found = tlog::CheckEquivocation(*parsed, crypto::Ed25519Verifier());
  if (!found.ok()) return;
  FUZZ_CHECK(found->type == parsed->type);
  FUZZ_CHECK(found->checkpoints.size() == 2 || !found->entries.empty());
}

}  // namespace entente::fuzz
