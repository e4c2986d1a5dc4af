// Errors that carry a stable reason (a name of entente.v1.ErrorReason), so that callers branch on it and never
// on message text. The message is for a person: what is wrong, where, what was given, what to do.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente::base {

absl::Status Error(absl::StatusCode code, absl::string_view reason, absl::string_view message);

// The reason given to Error(), or "" when the status carries none.
std::string ReasonOf(const absl::Status& status);

}  // namespace entente::base
