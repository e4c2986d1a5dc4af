// Rows of the store as a damaged disk might give them back. Input: which, row.
#include "node/store/schema.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(store_row, input) {
  const auto header = store::DecodeEntryHeader(input);
  if (header.ok()) {
    const ledger::EntryHeader found = *header;
    FUZZ_CHECK(ledger::ParseHeader(ledger::EncodeHeader(found)).ok());
    // The id of what the row says; with any other one it is no entry.
    const size_t size = ledger::EncodeHeader(found).size();
    FUZZ_CHECK(input.size() >= 2 + size + ledger::kSignatureBytes);
    crypto::Signature signature;
    const absl::string_view raw = input.substr(2 + size, ledger::kSignatureBytes);
    std::copy(raw.begin(), raw.end(), signature.begin());
    const auto entry =
        store::DecodeEntry(input, ledger::IdOf(ledger::EncodeHeader(found), signature));
    if (entry.ok()) FUZZ_CHECK(store::EncodeEntry(*entry) == input);
  }
  FUZZ_CHECK(!store::DecodeEntry(input, base::EntryId()).ok());
}

}  // namespace entente::fuzz
