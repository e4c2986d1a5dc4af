#include "node/tlog/witness.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/error.h"
#include "node/tlog/line_cursor.h"

namespace entente::tlog {

namespace {

// At least one line of a trusted key, and every line of one verifies.
bool SignedByLog(const AddCheckpoint& request, absl::Span<const VerifierKey> logs,
                 const crypto::Verifier& verifier) {
  const auto signers =
      VerifySignatures(request.checkpoint.text, request.checkpoint.lines, logs, verifier);
  return signers.ok() && std::any_of(signers->begin(), signers->end(), [&](const SignedBy& signer) {
           return signer.key.type == kTypeLog &&
                  signer.key.name == request.checkpoint.checkpoint.origin;
         });
}

// Does the checkpoint extend what was cosigned? An empty tree has one root, which parsing checks.
bool Extends(const AddCheckpoint& request, const Cosigned& last) {
  const Checkpoint& next = request.checkpoint.checkpoint;
  if (last.size == 0) return request.proof.empty();
  return VerifyConsistency(last.size, last.root, next.size, next.root, request.proof);
}

}  // namespace

std::string AddCheckpointText(const AddCheckpoint& request) {
  std::string out = absl::StrCat("old ", request.old_size, "\n");
  for (const Digest& hash : request.proof) {
    absl::StrAppend(&out, ledger::ToBase64(hash.view()), "\n");
  }
  return absl::StrCat(out, "\n", request.checkpoint.File());
}

absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(absl::string_view body) {
  if (body.size() > kAddCheckpointBytesMax) {
    return ProofMalformed(absl::StrCat("the request has ", body.size(), " bytes, the most is ",
                                       kAddCheckpointBytesMax));
  }
  LineCursor cursor(body);
  AddCheckpoint out;
  ASSIGN_OR_RETURN(absl::string_view old, cursor.TakeWord("old"));
  auto size = ledger::ParseDecimal(old);
  if (!size || *size > kTreeSizeMax) return cursor.Malformed("\"old\" holds no tree size");
  out.old_size = *size;
  ASSIGN_OR_RETURN(out.proof, cursor.TakeHashes());
  ASSIGN_OR_RETURN(out.checkpoint, ParseSignedCheckpoint(cursor.rest()));
  return out;
}

WitnessAnswer DecideWitness(const AddCheckpoint& request, absl::Span<const VerifierKey> logs,
                            const Cosigned& last, const crypto::Verifier& verifier) {
  if (logs.empty()) return WitnessAnswer::kUnknownOrigin;
  if (!SignedByLog(request, logs, verifier)) return WitnessAnswer::kNotSigned;
  if (request.old_size > request.checkpoint.checkpoint.size) return WitnessAnswer::kOldTooLarge;
  if (request.old_size != last.size) return WitnessAnswer::kConflict;
  return Extends(request, last) ? WitnessAnswer::kCosign : WitnessAnswer::kInconsistent;
}

absl::Status WitnessStatus(WitnessAnswer answer, const AddCheckpoint& request,
                           const Cosigned& last) {
  const Checkpoint& c = request.checkpoint.checkpoint;
  switch (answer) {
    case WitnessAnswer::kCosign:
      return absl::OkStatus();
    case WitnessAnswer::kUnknownOrigin:
      return base::Error(absl::StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                         absl::StrCat("this witness knows no register \"", c.origin, "\""));
    case WitnessAnswer::kNotSigned:
      return base::Error(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID",
                         absl::StrCat("the register's own signature on checkpoint ", c.size,
                                      " is missing or wrong"));
    case WitnessAnswer::kOldTooLarge:
      return ProofMalformed(absl::StrCat("old size ", request.old_size,
                                         " is larger than the checkpoint's, ", c.size));
    case WitnessAnswer::kConflict:
      return base::WithMetadata(
          base::Error(absl::StatusCode::kFailedPrecondition, "CHECKPOINT_CONFLICT",
                      absl::StrCat("this witness last cosigned size ", last.size, ", not ",
                                   request.old_size, "; prove from there")),
          "size", absl::StrCat(last.size));
    case WitnessAnswer::kInconsistent:
      break;
  }
  return base::Error(absl::StatusCode::kDataLoss, "CHECKPOINT_INCONSISTENT",
                     absl::StrCat("checkpoint ", c.size, " is signed and does not extend size ",
                                  last.size, "; it is kept as evidence"));
}

std::string OriginHash(absl::string_view origin) { return crypto::Sha256(origin).ToHex(); }

}  // namespace entente::tlog
