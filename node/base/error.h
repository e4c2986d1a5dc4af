// Errors that carry a stable reason (a name of entente.v1.ErrorReason), so that callers branch on
// it and never on message text. The message is for a person: what is wrong, where, what was given,
// what to do.
//
// The details travel as payloads of the status under our own URLs; node/wire/status_codec turns
// them into the google.rpc messages other people's tools read. Each With function leaves an OK
// status untouched.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace entente::base {

absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message);

// The reason given to Error(), or "" when the status carries none.
std::string ReasonOf(const absl::Status& status);

// The same status with the reason set or replaced.
absl::Status WithReason(absl::Status status, absl::string_view reason);

// Facts a program needs beside the reason (which sequence is missing, which limit was passed). A
// key given twice keeps the later value.
absl::Status WithMetadata(absl::Status status, absl::string_view key, absl::string_view value);
std::map<std::string, std::string> MetadataOf(const absl::Status& status);

// One field of a request that cannot be accepted, by its path ("entries[0].payload").
struct Violation {
  std::string field;
  std::string description;
  friend bool operator==(const Violation&, const Violation&) = default;
};
absl::Status WithViolation(absl::Status status, absl::string_view field,
                           absl::string_view description);
std::vector<Violation> ViolationsOf(const absl::Status& status);

// How long the caller should wait before it tries again; whole milliseconds are kept.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);

}  // namespace entente::base
