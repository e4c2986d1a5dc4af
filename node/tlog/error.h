// The one way this room says that bytes are not what they claim to be.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/base/error.h"

namespace entente::tlog {

// INVALID_ARGUMENT, reason PROOF_MALFORMED.
inline absl::Status ProofMalformed(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "PROOF_MALFORMED", what);
}

}  // namespace entente::tlog
