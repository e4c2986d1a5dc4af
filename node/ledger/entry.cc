#include "node/ledger/entry.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"

namespace entente::ledger {

namespace {

// DSSE v1 pre-authentication encoding up to the header's length: "DSSEv1", type length, type.
constexpr char kPaePrefix[] = "DSSEv1 41 application/vnd.entente.entry.v1+protobuf ";

absl::Status EntryMalformed(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                     absl::StrCat("not an entry: ", what));
}

absl::Status CheckPayload(const EntryHeader& header, absl::string_view payload) {
  if (payload.size() != header.payload_size) {
    return EntryMalformed(absl::StrCat("its payload has ", payload.size(),
                                       " bytes, the header says ", header.payload_size));
  }
  if (crypto::Sha256(payload) != header.payload_hash) {
    return EntryMalformed("the SHA-256 of its payload is not the one in the header");
  }
  return absl::OkStatus();
}

}  // namespace

std::string Pae(absl::string_view header_bytes) {
  return absl::StrCat(kPaePrefix, header_bytes.size(), " ", header_bytes);
}

EntryId IdOf(absl::string_view header_bytes, const crypto::Signature& signature) {
  absl::AlphaNum size(header_bytes.size());
  return crypto::Sha256As<EntryId>({absl::string_view("\0", 1), kPaePrefix, size.Piece(), " ",
                                    header_bytes, crypto::View(signature)});
}

std::string Entry::Leaf() const { return absl::StrCat(Pae(header_bytes), crypto::View(signature)); }

absl::StatusOr<Entry> MakeEntry(std::string header_bytes, absl::string_view signature,
                                std::optional<std::string> payload) {
  if (signature.size() != kSignatureBytes) {
    return EntryMalformed(
        absl::StrCat("its signature has ", signature.size(), " bytes, it must have 64"));
  }
  Entry entry;
  ASSIGN_OR_RETURN(entry.header, ParseHeader(header_bytes));
  if (payload) {
    RETURN_IF_ERROR(CheckPayload(entry.header, *payload));
    entry.payload = std::move(*payload);
    entry.has_payload = true;
  }
  std::memcpy(entry.signature.data(), signature.data(), entry.signature.size());
  entry.id = IdOf(header_bytes, entry.signature);
  entry.header_bytes = std::move(header_bytes);
  return entry;
}

absl::StatusOr<Entry> ParseLeaf(absl::string_view leaf, std::optional<std::string> payload) {
  if (leaf.size() > kLeafBytesMax) {
    return EntryMalformed(
        absl::StrCat("the leaf has ", leaf.size(), " bytes, the most is ", kLeafBytesMax));
  }
  absl::string_view rest = leaf;
  if (!absl::StartsWith(rest, kPaePrefix)) {
    return EntryMalformed(absl::StrCat("the leaf does not begin with \"", kPaePrefix, "\""));
  }
  rest.remove_prefix(sizeof(kPaePrefix) - 1);
  size_t space = rest.find(' ');
  uint64_t size = 0;
  // The length is compared as text, so that it has one spelling.
  if (space == absl::string_view::npos || !absl::SimpleAtoi(rest.substr(0, space), &size) ||
      rest.substr(0, space) != absl::StrCat(size) || size > kHeaderBytesMax ||
      rest.size() - space - 1 != size + kSignatureBytes) {
    return EntryMalformed("the leaf's header length does not fit its size");
  }
  rest.remove_prefix(space + 1);
  return MakeEntry(base::Str(rest.substr(0, size)), rest.substr(size), std::move(payload));
}

bool Verify(const Entry& entry, const crypto::Verifier& verifier) {
  return verifier.Verify(entry.header.key, Pae(entry.header_bytes), crypto::View(entry.signature));
}

Entry SignRunEntry(EntryHeader header, std::string payload, const crypto::PrivateKey& key) {
  header.key = key.public_key();
  header.payload_size = payload.size();
  header.payload_hash = crypto::Sha256(payload);
  std::string header_bytes = EncodeHeader(header);
  crypto::Signature signature = key.Sign(Pae(header_bytes));
  absl::StatusOr<Entry> entry =
      MakeEntry(std::move(header_bytes), crypto::View(signature), std::nullopt);
  ENTENTE_CHECK(entry.ok());  // the caller's fields are within their ranges
  ENTENTE_CHECK(entry->header == header);
  entry->payload = std::move(payload);  // hashed above
  entry->has_payload = true;
  return *std::move(entry);
}

Entry SignEntry(EntryHeader header, std::string payload, const crypto::PrivateKey& key) {
  Entry entry = SignRunEntry(std::move(header), std::move(payload), key);
  ENTENTE_CHECK(Verify(entry, crypto::Ed25519Verifier()));
  return entry;
}

}  // namespace entente::ledger
