// Proofs that a chain forked: one spelling, and whatever they hold, a verdict.
#include "client/audit/evidence.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(evidence, input) {
  const auto parsed = client::ParseEvidence(input);
  if (!parsed.ok()) return;
  FUZZ_CHECK(client::EvidenceText(*parsed) == input);
  const auto proof = client::CheckEvidence(*parsed);
  FUZZ_CHECK(proof.ok() ? !proof->words.empty() : !proof.status().message().empty());
}

}  // namespace entente::fuzz
