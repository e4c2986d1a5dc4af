// Every RocksDB setting of the store, in one place, each with its reason.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "rocksdb/options.h"
#include "rocksdb/write_buffer_manager.h"
#include "storage/rocksdb_kv.h"

namespace entente::storage {

// Called for each background error, with its status, before the health callback.
using BackgroundErrorHook = std::function<void(const rocksdb::Status&)>;

rocksdb::DBOptions MakeDbOptions(const RocksOptions& options, BackgroundErrorHook on_error);

// Options of the user's families in order, then of the store's own family (the commit number).
std::vector<rocksdb::ColumnFamilyOptions> MakeFamilyOptions(const RocksOptions& options);

}  // namespace entente::storage
