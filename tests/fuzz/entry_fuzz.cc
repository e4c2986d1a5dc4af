// Entry headers and leaves: the strict scan. What it takes has one spelling.
#include "node/ledger/entry.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

void CheckHeader(absl::string_view bytes) {
  const absl::StatusOr<ledger::EntryHeader> header = ledger::ParseHeader(bytes);
  if (!header.ok()) return;
  FUZZ_CHECK(bytes.size() <= ledger::kHeaderBytesMax);
  FUZZ_CHECK(ledger::EncodeHeader(*header) == bytes);
  FUZZ_CHECK(header->sequence >= 1 && header->incarnation >= 1);
  FUZZ_CHECK(header->incarnation <= ledger::kIncarnationMax);
  FUZZ_CHECK(header->payload_size >= 1 && header->payload_size <= ledger::kPayloadBytesMax);
  FUZZ_CHECK((header->sequence == 1) == (header->previous == base::EntryId()) ||
             header->sequence > 1);
}

void CheckLeaf(absl::string_view leaf, std::optional<std::string> payload) {
  const absl::StatusOr<ledger::Entry> entry = ledger::ParseLeaf(leaf, std::move(payload));
  if (!entry.ok()) return;
  FUZZ_CHECK(entry->Leaf() == leaf);
  FUZZ_CHECK(ledger::IdOf(entry->header_bytes, entry->signature) == entry->id);
  FUZZ_CHECK(ledger::EncodeHeader(entry->header) == entry->header_bytes);
  if (entry->has_payload) FUZZ_CHECK(entry->payload.size() == entry->header.payload_size);
}

}  // namespace

FUZZ_TARGET(entry, input) {
  Choices choices(input);
  switch (choices.Byte() % 3) {
    case 0:
      CheckHeader(choices.Rest());
      break;
    case 1:
      CheckLeaf(choices.Rest(), std::nullopt);
      break;
    default: {
      const absl::string_view leaf = choices.Piece();
      const absl::string_view payload = choices.Rest();
      CheckLeaf(leaf, std::string(payload.data(), payload.size()));
      if (auto feed = ledger::FeedKey::Decode(payload)) FUZZ_CHECK(feed->Encode() == payload);
    }
  }
}

}  // namespace entente::fuzz
