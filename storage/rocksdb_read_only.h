// A store that is only looked at: nothing in its directory is changed, no lock is taken. For
// examining a node that is down; a store another process writes to must be asked through that
// process.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/kv.h"
#include "storage/rocksdb_kv.h"

namespace entente::storage {

class ReadOnlyStore {
 public:
  // FAILED_PRECONDITION: not a store, or another format. DATA_LOSS: damaged. Only `dir`,
  // `families`, `format_version` and `head_checksum` of the options matter.
  static absl::StatusOr<std::unique_ptr<ReadOnlyStore>> Open(const RocksOptions& options);
  ~ReadOnlyStore();

  // Newest commit in the database, and in HEAD (DATA_LOSS: HEAD is damaged or missing).
  uint64_t commit() const;
  absl::StatusOr<uint64_t> head() const;
  // Must not outlive the store.
  std::unique_ptr<const Snapshot> NewSnapshot() const;
  // As RocksKv::VerifyChecksums.
  absl::Status VerifyChecksums() const;

 private:
  struct State;
  explicit ReadOnlyStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace entente::storage
