// Opening the database inside a store directory and finding out, before anything is changed,
// whether all acknowledged batches are in it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "storage/rocksdb_kv.h"
#include "storage/rocksdb_options.h"
#include "storage/rocksdb_reader.h"

namespace entente::storage {

// An open database; closes itself.
struct Database {
  ~Database();
  // Before an orderly close: moves what the logs hold into tables, so that the next opening has
  // next to nothing to replay. Short logs are left. A failure loses nothing.
  void ShortenLogs();

  std::unique_ptr<rocksdb::DB> db;
  std::vector<OpenFamily> families;            // as in RocksOptions
  rocksdb::ColumnFamilyHandle* own = nullptr;  // the store's own family
  uint64_t commit = 0;                         // newest commit in it
};

// Key of the commit number in the store's own family.
inline constexpr char kCommitKey[] = "commit";

// A new database in an empty directory.
absl::StatusOr<std::unique_ptr<Database>> CreateDatabase(const RocksOptions& options,
                                                         BackgroundErrorHook on_error);

// The database in `path`, for reading only; nothing is changed on disk. `env`: where its files are,
// null for the file system. Not for a database another process writes to.
absl::StatusOr<std::unique_ptr<Database>> OpenForReading(const RocksOptions& options,
                                                         const std::string& path,
                                                         rocksdb::Env* env = nullptr);

// An existing one, behind or damaged: DATA_LOSS and nothing is changed, unless
// options.accept_lost_batches. `head`: the number in HEAD, or why it cannot be known.
absl::StatusOr<std::unique_ptr<Database>> OpenDatabase(const RocksOptions& options,
                                                       const absl::StatusOr<uint64_t>& head,
                                                       BackgroundErrorHook on_error);

}  // namespace entente::storage
