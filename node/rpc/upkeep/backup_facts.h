// What a backup says about itself and how it is checked, shared by the running node and by the jobs
// on a directory.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "entente/v1/operator.pb.h"
#include "storage/backup_manifest.h"
#include "storage/rocksdb_backup.h"
#include "storage/rocksdb_kv.h"

namespace entente::rpc {

// Options for the store of a data directory, without callbacks.
storage::RocksOptions StoreOptions(const std::string& data_dir);
std::string StorePath(const std::string& data_dir);
std::string AttachmentsPath(const std::string& data_dir);
storage::NewDigester Sha256Digester();

// `known` has what the state cannot say (program, node, time, codes); the rest is read from it.
absl::StatusOr<v1::BackupFacts> DescribeState(const storage::Snapshot& state, uint64_t commit,
                                              const v1::BackupFacts& known);

v1::Backup ToMessage(const storage::StoredBackup& backup, const std::string& directory);

// On one file system: a failing disk takes both. False when either cannot be looked at.
bool OnSameDisk(const std::string& a, const std::string& b);

}  // namespace entente::rpc
