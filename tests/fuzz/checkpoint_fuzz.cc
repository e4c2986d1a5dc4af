// Signed checkpoints: what is read is written again byte for byte, but for lines that came twice.
#include "node/ledger/signed_note.h"
#include "node/tlog/checkpoint.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(checkpoint, input) {
  const auto parsed = tlog::ParseSignedCheckpoint(input);
  if (!parsed.ok()) return;
  FUZZ_CHECK(input.substr(0, parsed->text.size()) == parsed->text);
  FUZZ_CHECK(!parsed->lines.empty() && parsed->lines.size() <= 100);
  const auto again = tlog::ParseSignedCheckpoint(parsed->File());
  FUZZ_CHECK(again.ok() && again->lines == parsed->lines && again->text == parsed->text);
  FUZZ_CHECK(again->File() == parsed->File());
  FUZZ_CHECK(parsed->File().size() <= input.size());
  const std::string text = tlog::CheckpointText(parsed->checkpoint);
  FUZZ_CHECK(parsed->text.substr(0, text.size()) == text);
  for (const tlog::SignatureLine& line : parsed->lines) {
    FUZZ_CHECK(line.signature.size() == tlog::kCosignatureBytes || tlog::TimeOf(line) == 0);
  }
}

}  // namespace entente::fuzz
