// Policies (C2SP tlog-policy): whose checkpoints are believed, and how many witnesses must have
// seen one. Trusted input: it comes from outside, never out of what is being checked.
//
//   log VKEY [URL]                        # from "#" on, a comment
//   witness NAME VKEY [URL]
//   group NAME K|any|all MEMBER...        members: names of witnesses or groups above
//   quorum NAME|none                      exactly one
//
// Invariants of a parsed Policy
//  1. Names are unique, a name is a member of at most one group, groups refer upwards only.
//  2. No raw key stands twice, whatever its role: cosignatures do not commit to a name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/receipt.h"

namespace entente::tlog {

inline constexpr size_t kPolicyBytesMax = 64 * 1024;
inline constexpr size_t kPolicyWitnessesMax = 64;
inline constexpr size_t kPolicyGroupsMax = 64;

struct PolicyLog {
  VerifierKey key;
  std::string url;  // empty: none
};
struct PolicyWitness {
  std::string name;
  VerifierKey key;
  std::string url;
};
struct PolicyGroup {
  std::string name;
  uint32_t needed = 0;
  std::vector<std::string> members;
};

struct Policy {
  std::vector<PolicyLog> logs;
  std::vector<PolicyWitness> witnesses;
  std::vector<PolicyGroup> groups;
  std::string quorum;  // empty: none asked for

  // Any `needed` of these witnesses; 0: none asked for. REQUIRES: needed <= witnesses.size().
  static Policy Flat(const VerifierKey& log, const std::vector<VerifierKey>& witnesses,
                     uint32_t needed);

  std::vector<VerifierKey> Keys() const;  // of logs and witnesses
};

// INVALID_ARGUMENT, reason PROOF_MALFORMED, names the line.
absl::StatusOr<Policy> ParsePolicy(absl::string_view text);
std::string PolicyText(const Policy& policy);

// What the signatures of one checkpoint amount to.
struct PolicyVerdict {
  VerifierKey log;
  std::vector<SignedBy> witnesses;  // of the policy, verified; ascending by time
  bool quorum = false;              // met, or none is asked for
  // When the quorum was met: POSIX seconds of the cosignature that completed it; 0 when it is not
  // met or none is asked for.
  uint64_t quorum_time = 0;
};

// When `quorum` is satisfied by these witnesses, and since when; nothing when it is not.
std::optional<uint64_t> QuorumTime(const Policy& policy, absl::Span<const SignedBy> witnesses);

// PERMISSION_DENIED, reason SIGNATURE_INVALID: no log of the policy whose name is the origin signed
// it, or a known key's line is wrong. A quorum that is not met is no error: the verdict says so.
absl::StatusOr<PolicyVerdict> EvaluateCheckpoint(const Policy& policy,
                                                 const SignedCheckpoint& checkpoint,
                                                 const crypto::Verifier& verifier);
// The same for a receipt; FAILED_PRECONDITION, reason VERIFICATION_FAILED, when the path does not
// lead from the entry to the checkpoint's root.
absl::StatusOr<PolicyVerdict> EvaluateReceipt(const Policy& policy, const Receipt& receipt,
                                              const crypto::Verifier& verifier);

}  // namespace entente::tlog
