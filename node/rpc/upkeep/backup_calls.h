// Making a backup of the running node.
#pragma once

#include <functional>

#include "entente/v1/operator.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/upkeep/backup_attachments.h"
#include "storage/rocksdb_kv.h"

namespace entente::rpc {

// Absolute paths.
v1::Places PlacesOf(const std::string& data_dir);

// Writes go on meanwhile. `write` returns false when the caller left: the backup is given up.
absl::Status CreateBackup(NodeCore& core, const storage::RocksKv& kv, const ReadChunk& read_chunk,
                          const v1::CreateBackupRequest& request,
                          const std::function<bool(const v1::BackupProgress&)>& write);

// The newest backup this node made, wherever it is; nothing when none is remembered.
std::optional<v1::Backup> LastBackup(const std::string& data_dir);

}  // namespace entente::rpc
