// Checkpoints and cosignatures (C2SP tlog-checkpoint v1.0.0, tlog-cosignature v1.0.1): what a
// register signed at a size, and when witnesses saw it.
//
//   ORIGIN LF SIZE LF BASE64(ROOT) LF [extension lines]   then an empty line and signature lines
//
// Invariants
//  1. Bytes that were signed are kept as they came: `text` is never made again from its fields.
//  2. A line is identified by name and key id; the id is no hash to rely on, so a line counts only
//     after it verified under a key the caller trusts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/base/id.h"
#include "node/ledger/note.h"

namespace entente::tlog {

using base::Digest;
using ledger::SignatureLine;
using ledger::VerifierKey;

inline constexpr uint8_t kTypeLog = 0x01;        // Ed25519 over the text
inline constexpr uint8_t kTypeCosigner = 0x04;   // Ed25519 over time and text
inline constexpr size_t kCosignatureBytes = 72;  // u64 time, Ed25519 signature
inline constexpr size_t kCheckpointTextBytesMax = 4096;

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  Digest root;

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The text to sign; without extension lines.
std::string CheckpointText(const Checkpoint& checkpoint);
// Extension lines are allowed and not interpreted. INVALID_ARGUMENT, reason PROOF_MALFORMED.
absl::StatusOr<Checkpoint> ParseCheckpointText(absl::string_view text);

// A checkpoint with the lines collected for it; none of them is checked by parsing.
struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string text;  // exact signed bytes
  std::vector<SignatureLine> lines;

  std::string File() const;
  // Adds what is new; at most 100 lines are kept. True if a line was added. The caller has checked
  // that the lines are over this text.
  bool AddLines(const std::vector<SignatureLine>& more);
};
absl::StatusOr<SignedCheckpoint> ParseSignedCheckpoint(absl::string_view file);

// The log's own line. REQUIRES: name.type == kTypeLog, name.key is the key's public half.
SignatureLine SignCheckpoint(absl::string_view text, const VerifierKey& name,
                             const crypto::PrivateKey& key);
// A cosignature at `time`, POSIX seconds, never 0. REQUIRES: name.type == kTypeCosigner.
SignatureLine Cosign(absl::string_view text, uint64_t time, const VerifierKey& name,
                     const crypto::PrivateKey& key);

// Does the line belong to this key (name and id)?
bool LineIsOf(const SignatureLine& line, const VerifierKey& key);
// Does it verify, whichever type the key has?
bool VerifyNoteLine(absl::string_view text, const SignatureLine& line, const VerifierKey& key,
                    const crypto::Verifier& verifier);
// POSIX seconds of a cosignature's line; 0 when the line has not its form.
uint64_t TimeOf(const SignatureLine& line);
// In milliseconds. A witness may state any time up to 2^63 - 1 s: what would overflow is taken for
// the last moment there is, so that a time too late never passes for an early one.
uint64_t MillisOf(uint64_t seconds);

// A key whose line on the note verified.
struct SignedBy {
  VerifierKey key;
  uint64_t time = 0;  // POSIX seconds; 0 for a log's own line, which states none

  friend bool operator==(const SignedBy&, const SignedBy&) = default;
};
// Checks the lines of the known keys and skips all others. PERMISSION_DENIED, reason
// SIGNATURE_INVALID: a known key's line is wrong, or no known key signed. Where one key signed
// more than once its earliest time stands.
absl::StatusOr<std::vector<SignedBy>> VerifySignatures(absl::string_view text,
                                                       const std::vector<SignatureLine>& lines,
                                                       absl::Span<const VerifierKey> known,
                                                       const crypto::Verifier& verifier);

}  // namespace entente::tlog
