// add-checkpoint bodies: what is read is written again, and without a trusted key nothing is
// cosigned.
#include "node/tlog/witness.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(witness, input) {
  const auto parsed = tlog::ParseAddCheckpoint(input);
  if (!parsed.ok()) return;
  const std::string text = tlog::AddCheckpointText(*parsed);
  FUZZ_CHECK(text.size() <= input.size());
  const auto again = tlog::ParseAddCheckpoint(text);
  FUZZ_CHECK(again.ok() && tlog::AddCheckpointText(*again) == text);
  FUZZ_CHECK(again->old_size == parsed->old_size && again->proof == parsed->proof);
  const tlog::WitnessAnswer answer =
      tlog::DecideWitness(*parsed, {}, {}, crypto::Ed25519Verifier());
  FUZZ_CHECK(answer == tlog::WitnessAnswer::kUnknownOrigin);
  const tlog::Checkpoint& c = parsed->checkpoint.checkpoint;
  // The new root is its own proof of nothing but itself.
  FUZZ_CHECK(tlog::VerifyConsistency(c.size, c.root, c.size, c.root, {}) ||
             c.size > tlog::kTreeSizeMax);
  tlog::VerifyConsistency(parsed->old_size, c.root, c.size, c.root, parsed->proof);
  tlog::VerifyInconsistency(parsed->old_size, c.root, c.size, c.root, parsed->proof);
}

}  // namespace entente::fuzz
