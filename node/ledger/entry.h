// An entry: one signed act in a feed. Signed bytes are kept as they came and never re-serialised.
// Format: docs/protocol.md, "Entry". Envelope: DSSE v1 pre-authentication encoding. Identity: RFC
// 6962 leaf hash.
//
// Invariants of Entry
//  1. header == the strict scan of header_bytes, and EncodeHeader(header) == header_bytes.
//  2. id == SHA-256(0x00 || PAE(header_bytes) || signature).
//  3. payload, where held, has header.payload_size bytes and SHA-256 header.payload_hash.
//  The signature is NOT checked by parsing: see Verify().
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"
#include "node/crypto/ed25519.h"
#include "node/ledger/limits.h"

namespace entente::ledger {

using base::Digest;
using base::EntryId;
using base::FeedName;
using base::InstrumentId;
using base::NoteId;
using base::PublicKey;

struct EntryHeader {
  InstrumentId instrument;
  PublicKey key;
  uint32_t incarnation = 1;
  uint64_t sequence = 1;
  EntryId previous;  // zero at sequence 1
  NoteId charter_head;
  NoteId credentials_head;
  uint64_t hlc = 0;
  uint32_t kind = 0;
  uint32_t schema = 1;
  uint64_t payload_size = 0;
  Digest payload_hash;
  uint64_t seen_size = 0;  // 0: both seen fields absent
  Digest seen_root;

  friend bool operator==(const EntryHeader&, const EntryHeader&) = default;
};

// A feed as it is named on the wire and on disk, before its delegation is known.
struct FeedKey {
  InstrumentId instrument;
  PublicKey key;
  uint32_t incarnation = 1;

  friend auto operator<=>(const FeedKey&, const FeedKey&) = default;
  // instrument[32] key[32] incarnation[u32 be]: the order of feeds everywhere.
  std::string Encode() const;
  static std::optional<FeedKey> Decode(absl::string_view raw);
  // SHA-256("entente/feed/v1" || instrument || key || incarnation): how notes name the feed.
  FeedName Name() const;
};

struct Entry {
  EntryHeader header;
  std::string header_bytes;
  crypto::Signature signature{};
  std::string payload;
  bool has_payload = false;
  EntryId id;

  FeedKey feed() const { return {header.instrument, header.key, header.incarnation}; }
  std::string Leaf() const;  // PAE || signature
};

// The one encoding of a header. REQUIRES: fields within their ranges.
std::string EncodeHeader(const EntryHeader& header);

// The strict scan (R0). INVALID_ARGUMENT names the field and what is wrong with it; the ErrorInfo
// reason of every failure is ENTRY_MALFORMED.
absl::StatusOr<EntryHeader> ParseHeader(absl::string_view header_bytes);

// DSSE v1 PAE of the entry payload type and the header: the signed message.
std::string Pae(absl::string_view header_bytes);
EntryId IdOf(absl::string_view header_bytes, const crypto::Signature& signature);

// From its parts as they came. Checks sizes, the scan, the payload's size and hash; not the
// signature.
absl::StatusOr<Entry> MakeEntry(std::string header_bytes, absl::string_view signature,
                                std::optional<std::string> payload);
// From a leaf (PAE || signature) and its payload.
absl::StatusOr<Entry> ParseLeaf(absl::string_view leaf, std::optional<std::string> payload);

// Does the entry's own signature verify?
bool Verify(const Entry& entry, const crypto::Verifier& verifier);

// Builds and signs; verifies its own signature before returning (a fault in memory must not leave
// the house). Fills key, payload_size and payload_hash. REQUIRES: the other fields and the payload
// within their ranges.
Entry SignEntry(EntryHeader header, std::string payload, const crypto::PrivateKey& key);
// The same without the verification, for all but the last entry of a run: the last one's id covers
// them.
Entry SignRunEntry(EntryHeader header, std::string payload, const crypto::PrivateKey& key);

}  // namespace entente::ledger
