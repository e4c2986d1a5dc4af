// The witness's side of C2SP tlog-witness v1.0.0: the body of add-checkpoint, and what a witness
// answers to it. Pure: the caller keeps the last cosigned size and root, stores the new ones
// durably in the same step, and only then cosigns.
//
//   old SIZE LF  *( BASE64(hash) LF )  LF  signed checkpoint
//
// The exact bytes are the request, over gRPC as over HTTP, and what an archive keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

inline constexpr size_t kAddCheckpointBytesMax = 256 * 1024;

struct AddCheckpoint {
  uint64_t old_size = 0;
  Proof proof;  // from old_size to the checkpoint's size
  SignedCheckpoint checkpoint;
};
std::string AddCheckpointText(const AddCheckpoint& request);
// INVALID_ARGUMENT, reason PROOF_MALFORMED.
absl::StatusOr<AddCheckpoint> ParseAddCheckpoint(absl::string_view body);

// What a witness last cosigned for an origin; size 0: nothing yet.
struct Cosigned {
  uint64_t size = 0;
  Digest root;
};

enum class WitnessAnswer {
  kCosign,         // HTTP 200, OK: store size and root, then cosign
  kUnknownOrigin,  // 404, NOT_FOUND
  kNotSigned,      // 403, PERMISSION_DENIED
  kOldTooLarge,    // 400, INVALID_ARGUMENT
  kConflict,       // 409, FAILED_PRECONDITION; the answer names the size last cosigned
  kInconsistent,   // 422, DATA_LOSS: signed by the log, and not an extension. Keep it as evidence.
};

// The rules in the order of the specification. `logs`: keys trusted for the origin; empty means the
// origin is not known here.
WitnessAnswer DecideWitness(const AddCheckpoint& request, absl::Span<const VerifierKey> logs,
                            const Cosigned& last, const crypto::Verifier& verifier);

// The gRPC status of an answer, with a message for the operator of the log; a conflict carries the
// metadata "size". OK for kCosign.
absl::Status WitnessStatus(WitnessAnswer answer, const AddCheckpoint& request,
                           const Cosigned& last);

// Where a witness's monitoring path keeps an origin: lower-case hex SHA-256 of the origin.
std::string OriginHash(absl::string_view origin);

}  // namespace entente::tlog
