// From a backup to a data directory a node can start on.
//
// Everything is made beside NEWDIR, in NEWDIR.restoring, synced, and renamed to NEWDIR at the end:
// an interrupted restore leaves no NEWDIR, and the next one begins anew. The store gets a store id
// of its own and the record the restore guard works from (node/driver/restored.h).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/operator.pb.h"

namespace entente {

struct RestoreOptions {
  std::string from;     // directory of the backups
  uint32_t backup = 0;  // 0: the newest
  std::string data;     // must not exist, or be empty
  bool new_identity = false;
  bool validate_only = false;
  std::vector<v1::HeldHead> marks;
};

// FAILED_PRECONDITION: `data` is not empty, in use, or a mount point. DATA_LOSS: the backup does
// not verify. NOT_FOUND: no such backup.
absl::StatusOr<v1::RestoredBackup> RestoreBackup(const RestoreOptions& options);

}  // namespace entente
