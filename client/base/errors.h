// Errors as people and scripts see them. Inside the client an error is an absl::Status that carries
// a stable reason (node/base/error.h) and, beside it, a field, a hint and field violations. At the
// edge it becomes text or one JSON object on stderr, and an exit status.
//
// Invariant: the exit status follows from the reason (or, without one, the canonical code), never
// from the text.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/base/exit_status.h"
#include "client/language/phrases.h"

namespace entente::client {

// Reasons of the client itself; those of the node are the names of entente.v1.ErrorReason.
inline constexpr char kUsage[] = "USAGE";
inline constexpr char kNodeUnreachable[] = "NODE_UNREACHABLE";
inline constexpr char kFileUnreadable[] = "FILE_UNREADABLE";
inline constexpr char kFileDamaged[] = "FILE_DAMAGED";
inline constexpr char kFileUnwritable[] = "FILE_UNWRITABLE";
inline constexpr char kVerificationFailed[] = "VERIFICATION_FAILED";
inline constexpr char kVersionsStand[] = "VERSIONS_STAND";  // a person has to settle it first
inline constexpr char kNotConfirmed[] = "NOT_CONFIRMED";
inline constexpr char kTimedOut[] = "TIMED_OUT";

struct Violation {
  std::string field;
  std::string message;
};

absl::Status Failure(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                     absl::string_view hint = "");
// The command line is wrong: exit 2.
absl::Status UsageError(absl::string_view message, absl::string_view hint = "");

absl::Status WithHint(absl::Status status, absl::string_view hint);
absl::Status WithField(absl::Status status, absl::string_view field);
absl::Status WithViolations(absl::Status status, const std::vector<Violation>& violations);

std::string HintOf(const absl::Status& status);
std::string FieldOf(const absl::Status& status);
std::vector<Violation> ViolationsOf(const absl::Status& status);

// An answer of the node that is an error: `details` is google.rpc.Status with ErrorInfo and
// BadRequest, as it stands in the trailing metadata; empty when it was not the node itself that
// answered.
absl::Status FromNode(absl::StatusCode code, absl::string_view message, absl::string_view details);

Exit ExitOf(const absl::Status& status);

// Several lines, ending in LF, in the reader's language.
std::string ErrorText(const absl::Status& status, bool color, const Phrases& phrases = Phrases());
// One line of JSON, ending in LF: code, field, message, hint, and violations where there are any.
std::string ErrorJson(const absl::Status& status);

}  // namespace entente::client
