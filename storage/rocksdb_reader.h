// Reads at one state of the database: the port's Snapshot and Iterator over RocksDB's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "storage/kv.h"

namespace entente::storage {

// One open family: RocksDB's handle and the prefix length its bloom filters are built for.
struct OpenFamily {
  rocksdb::ColumnFamilyHandle* handle;
  uint32_t prefix_length;
};

absl::StatusOr<std::optional<std::string>> ReadKey(rocksdb::DB* db, const OpenFamily& family,
                                                   const rocksdb::Snapshot* snapshot,
                                                   absl::string_view key);

// `db` and `families` must outlive it.
std::unique_ptr<const Snapshot> MakeRocksSnapshot(rocksdb::DB* db,
                                                  const std::vector<OpenFamily>& families);

}  // namespace entente::storage
