// Portable proofs that a register or an author contradicted itself: a text file that anyone checks
// alone.
//
//   entente-equivocation@v1
//   type log-same-size | log-inconsistent | author-fork | author-bad-signature
//   vkey VKEY                      log-*: whose signatures both checkpoints carry
//   checkpoint BASE64(note)        log-*: twice, the smaller size first
//   node BASE64(hash)              log-inconsistent: nodes of the larger tree
//   key BASE64(SPKI DER)           author-*
//   leaf BASE64(leaf)              author-*: begins a branch
//   next BASE64(leaf)              extends it; the tip's own signature makes the branch authentic
//
// A proof says what a key signed. Whose key it is, the register's charter or the delegation's
// credentials say: the reader compares.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/entry.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

inline constexpr size_t kEquivocationBytesMax = 16 * 1024 * 1024;
inline constexpr size_t kBranchLeavesMax = 4096;
inline constexpr char kEquivocationHeading[] = "entente-equivocation@v1";

enum class EquivocationType { kLogSameSize, kLogInconsistent, kAuthorFork, kAuthorBadSignature };
absl::string_view TypeWord(EquivocationType type);

struct Equivocation {
  EquivocationType type = EquivocationType::kLogSameSize;
  // log-*
  VerifierKey vkey;
  std::vector<std::string> checkpoints;  // note files, two
  Proof nodes;
  // author-*
  base::PublicKey key;
  std::vector<std::vector<std::string>>
      branches;  // leaves: two for a fork, one for a bad signature
};

std::string EquivocationText(const Equivocation& file);
// The form only. INVALID_ARGUMENT, reason PROOF_MALFORMED, names the line.
absl::StatusOr<Equivocation> ParseEquivocation(absl::string_view text);

// What a file proves, in values.
struct Misbehaviour {
  EquivocationType type = EquivocationType::kLogSameSize;
  // log-*
  VerifierKey vkey;
  std::vector<Checkpoint> checkpoints;
  // author-*
  base::PublicKey key;
  std::vector<ledger::Entry> entries;  // the first of each branch
};
// FAILED_PRECONDITION, reason VERIFICATION_FAILED: it does NOT prove misbehaviour, and why.
absl::StatusOr<Misbehaviour> CheckEquivocation(const Equivocation& file,
                                               const crypto::Verifier& verifier);

// From two checkpoints of one register; `source` reads the larger tree and is not used for equal
// sizes. The result proves something only if they contradict each other: check it.
absl::StatusOr<Equivocation> MakeLogEquivocation(const VerifierKey& vkey, const SignedCheckpoint& a,
                                                 const SignedCheckpoint& b,
                                                 const NodeSource& source);

// SubjectPublicKeyInfo DER of an Ed25519 key (RFC 8410), and back.
std::string SpkiDer(const base::PublicKey& key);
std::optional<base::PublicKey> KeyOfSpkiDer(absl::string_view der);

}  // namespace entente::tlog
