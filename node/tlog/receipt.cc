#include "node/tlog/receipt.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/error.h"
#include "node/tlog/line_cursor.h"
#include "node/tlog/tile.h"

namespace entente::tlog {

namespace {}  // namespace

Digest Receipt::LeafHash() const { return crypto::LeafHash(leaf); }

std::string ReceiptText(const Receipt& receipt) {
  std::string out = absl::StrCat(kReceiptHeading, "\nextra ", ledger::ToBase64(receipt.leaf),
                                 "\nindex ", receipt.index, "\n");
  for (const Digest& hash : receipt.proof) {
    absl::StrAppend(&out, ledger::ToBase64(hash.view()), "\n");
  }
  return absl::StrCat(out, "\n", receipt.checkpoint.File());
}

absl::StatusOr<Receipt> ParseReceipt(absl::string_view text) {
  if (text.size() > kReceiptBytesMax) {
    return ProofMalformed(
        absl::StrCat("the receipt has ", text.size(), " bytes, the most is ", kReceiptBytesMax));
  }
  LineCursor cursor(text);
  if (cursor.Take() != kReceiptHeading) {
    return ProofMalformed(
        absl::StrCat("not a receipt: its first line is not \"", kReceiptHeading, "\""));
  }
  Receipt out;
  ASSIGN_OR_RETURN(absl::string_view extra, cursor.TakeWord("extra"));
  auto leaf = ledger::ParseBase64(extra);
  if (!leaf || leaf->empty() || leaf->size() > kTileEntryBytesMax) {
    return cursor.Malformed("\"extra\" does not hold the base64 of an entry");
  }
  out.leaf = *std::move(leaf);
  ASSIGN_OR_RETURN(absl::string_view index, cursor.TakeWord("index"));
  auto number = ledger::ParseDecimal(index);
  if (!number || *number >= kTreeSizeMax) return cursor.Malformed("the index is not a number");
  out.index = *number;
  ASSIGN_OR_RETURN(out.proof, cursor.TakeHashes());
  ASSIGN_OR_RETURN(out.checkpoint, ParseSignedCheckpoint(cursor.rest()));
  return out;
}

absl::StatusOr<bool> UpgradeReceipt(Receipt& receipt, const SignedCheckpoint& newer) {
  if (receipt.checkpoint.text != newer.text) {
    return ProofMalformed(absl::StrCat("the lines are over the checkpoint of size ",
                                       newer.checkpoint.size, ", the receipt holds that of size ",
                                       receipt.checkpoint.checkpoint.size));
  }
  return receipt.checkpoint.AddLines(newer.lines);
}

bool ProofHolds(const Receipt& receipt) {
  const Checkpoint& c = receipt.checkpoint.checkpoint;
  return VerifyInclusion(receipt.index, c.size, receipt.LeafHash(), receipt.proof, c.root);
}

}  // namespace entente::tlog
