#include "storage/rocksdb_status.h"

#include "absl/strings/str_cat.h"
#include "storage/store_error.h"

namespace entente::storage {

absl::Status FromRocks(const rocksdb::Status& status, absl::string_view action) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = status.ToString();
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit) {
    return StoreError(absl::StatusCode::kResourceExhausted, kReasonFull,
                      absl::StrCat("cannot ", action, ": no space left on the disk (", text,
                                   "); free some space, the store goes on by itself"));
  }
  if (status.IsCorruption()) {
    return StoreError(
        absl::StatusCode::kDataLoss, kReasonDamaged,
        absl::StrCat("cannot ", action, ": the store is damaged (", text, "); check the disk"));
  }
  return StoreError(absl::StatusCode::kUnavailable, kReasonIo,
                    absl::StrCat("cannot ", action, ": ", text));
}

}  // namespace entente::storage
