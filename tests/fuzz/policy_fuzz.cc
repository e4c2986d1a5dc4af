// Policies: what is read has a text of its own that reads the same, and evaluation ends.
#include "node/tlog/policy.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(policy, input) {
  const auto parsed = tlog::ParsePolicy(input);
  if (!parsed.ok()) return;
  FUZZ_CHECK(!parsed->logs.empty());
  const std::string text = tlog::PolicyText(*parsed);
  const auto again = tlog::ParsePolicy(text);
  FUZZ_CHECK(again.ok() && tlog::PolicyText(*again) == text);
  std::vector<tlog::SignedBy> everyone;
  for (const tlog::PolicyWitness& witness : parsed->witnesses) everyone.push_back({witness.key, 7});
  const auto time = tlog::QuorumTime(*parsed, everyone);
  FUZZ_CHECK(time.has_value() != parsed->quorum.empty());  // everyone is enough for any quorum
  FUZZ_CHECK(!tlog::QuorumTime(*parsed, {}).has_value());
}

}  // namespace entente::fuzz
