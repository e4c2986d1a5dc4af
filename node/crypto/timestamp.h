// Time-stamp tokens of a third party (RFC 3161): "these bytes existed at that time".
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::crypto {

// `token`: DER of a TimeStampResp; `data`: the stamped bytes; `ca_pem`: certificates of authorities
// that are trusted for it. Certificates are judged as of the token's own time, so that a token
// outlives them. Gives POSIX seconds; INVALID_ARGUMENT says why the token proves nothing.
absl::StatusOr<uint64_t> VerifyTimestamp(absl::string_view token, absl::string_view data,
                                         absl::string_view ca_pem);

}  // namespace entente::crypto
