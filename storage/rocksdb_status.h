// RocksDB's statuses as the port's.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "rocksdb/slice.h"
#include "rocksdb/status.h"

namespace entente::storage {

// No space: RESOURCE_EXHAUSTED. Corruption: DATA_LOSS. Anything else that failed: UNAVAILABLE.
absl::Status FromRocks(const rocksdb::Status& status, absl::string_view action);

inline rocksdb::Slice ToSlice(absl::string_view view) { return {view.data(), view.size()}; }
inline absl::string_view ToView(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace entente::storage
