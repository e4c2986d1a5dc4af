#include "node/sync/frontier/names.h"

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/crypto/sha256.h"

namespace entente::sync {

std::string InstrumentName(absl::string_view nonce, const InstrumentId& instrument) {
  return crypto::HmacSha256(nonce, instrument.view()).str().substr(0, kInstrumentNameBytes);
}

absl::Status UnknownInstrument() {
  return base::Error(absl::StatusCode::kNotFound, "UNKNOWN_INSTRUMENT",
                     "no such instrument here, or your delegation is not admitted to it");
}

absl::Status MalformedMessage(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ENTRY_MALFORMED",
                     absl::StrCat("sync message: ", what));
}

}  // namespace entente::sync
