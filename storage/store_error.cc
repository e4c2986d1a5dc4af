#include "storage/store_error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

namespace entente::storage {

absl::Status StoreError(absl::StatusCode code, absl::string_view reason,
                        absl::string_view message) {
  absl::Status status(code, message);
  status.SetPayload("entente.reason", absl::Cord(reason));
  return status;
}

absl::Status ClosedAfter(const absl::Status& failure) {
  return StoreError(
      absl::StatusCode::kFailedPrecondition, kReasonClosed,
      absl::StrCat("the store takes no more writes since one failed (", failure.message(),
                   "); nothing acknowledged is lost, restart the node to go on"));
}

}  // namespace entente::storage
