// Receipts: what is read is written again byte for byte; a proof ends in bounded time.
#include "node/tlog/receipt.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(receipt, input) {
  auto parsed = tlog::ParseReceipt(input);
  if (!parsed.ok()) return;
  FUZZ_CHECK(parsed->proof.size() <= tlog::kProofHashesMax);
  const std::string text = tlog::ReceiptText(*parsed);
  FUZZ_CHECK(text.size() <= input.size());
  const size_t signed_part = text.size() - parsed->checkpoint.File().size();
  FUZZ_CHECK(text.substr(0, signed_part) == input.substr(0, signed_part));
  const bool holds = tlog::ProofHolds(*parsed);
  const auto upgraded = tlog::UpgradeReceipt(*parsed, parsed->checkpoint);
  FUZZ_CHECK(upgraded.ok() && !*upgraded);
  FUZZ_CHECK(tlog::ProofHolds(*parsed) == holds);
}

}  // namespace entente::fuzz
