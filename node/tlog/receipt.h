// Receipts (C2SP tlog-proof v1): one text file that proves that an entry stands in a register.
//
//   c2sp.org/tlog-proof@v1 LF
//   extra BASE64(leaf) LF        the entry itself, so that the file needs nothing beside it
//   index DECIMAL LF
//   *( BASE64(hash) LF ) LF
//   signed checkpoint            with whatever cosignatures were collected so far
//
// A receipt is upgraded, never issued again: cosignature lines are appended to the same text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

inline constexpr size_t kReceiptBytesMax = 256 * 1024;
inline constexpr char kReceiptHeading[] = "c2sp.org/tlog-proof@v1";

struct Receipt {
  std::string leaf;  // PAE || signature; at most 65 535 bytes
  uint64_t index = 0;
  Proof proof;
  SignedCheckpoint checkpoint;

  // The entry's id: RFC 6962 leaf hash of `leaf`.
  Digest LeafHash() const;
};

std::string ReceiptText(const Receipt& receipt);
// Strict; EncodeReceipt(parsed) == text unless the checkpoint's lines came twice. INVALID_ARGUMENT,
// reason PROOF_MALFORMED.
absl::StatusOr<Receipt> ParseReceipt(absl::string_view text);

// Appends lines of the same checkpoint that are not there yet; true if there were any.
// INVALID_ARGUMENT when `newer` is another checkpoint.
absl::StatusOr<bool> UpgradeReceipt(Receipt& receipt, const SignedCheckpoint& newer);

// Does the path lead from the leaf to the checkpoint's root? Says nothing of signatures.
bool ProofHolds(const Receipt& receipt);

}  // namespace entente::tlog
