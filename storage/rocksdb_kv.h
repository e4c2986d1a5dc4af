// The store on disk: RocksDB with the settings that make "acknowledged" mean "survives power loss",
// inside a directory that guards itself (store_directory.h): format version, lock, HEAD, ballast.
//
// Each synced batch carries its commit number in a column family of the store's own, in the same
// atomic batch. When the database has synced it, HEAD is overwritten and synced, then Write
// returns. So at open
//   database = HEAD        all is well
//   database = HEAD + 1    a crash fell between the two; HEAD is brought up to date
//   database < HEAD        acknowledged batches are missing: refused with DATA_LOSS, nothing is
//   changed
// A log with a damaged record is opened only if everything up to HEAD lies before the damage.
//
// No space left: the batch fails with RESOURCE_EXHAUSTED and is not written, the ballast is given
// back, and writes succeed again once RocksDB has found space and recovered by itself (some
// seconds). Any other failed write closes the store for writes. Debian's RocksDB aborts the process
// after a failed fdatasync; that is accepted, recovery after a crash is the same path.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/head_file.h"
#include "storage/kv.h"

namespace rocksdb {
class DB;
}

namespace entente::storage {

struct HealthEvent {
  enum class Level { kInfo, kWarning, kError } level;
  std::string reason;  // stable name, see store_error.h
  std::string message;
};

struct RocksOptions {
  std::string dir;
  std::vector<FamilyOptions> families;  // names unique and not "default"
  uint32_t format_version = 1;          // of what the caller stores
  bool create_if_missing = true;
  // Opens a store that lost acknowledged batches (or its HEAD) with what is left. For one start, by
  // an operator who knows what it means.
  bool accept_lost_batches = false;
  HeadChecksum head_checksum;  // required
  // Both are called from threads of RocksDB too, at any time until the store is destroyed; either
  // may be empty. They must not call the store.
  std::function<void(const HealthEvent&)> on_health;
  std::function<void(absl::string_view)> on_log;  // RocksDB's own log lines; empty: dropped

  // Bytes. The defaults keep a busy node well below 256 MiB in all.
  uint64_t ballast_bytes = 64 << 20;  // 0: none
  uint64_t block_cache_bytes = 64 << 20;
  uint64_t write_buffer_bytes = 16 << 20;         // one buffer of one family
  uint64_t write_buffers_total_bytes = 96 << 20;  // all families together
};

class RocksKv : public Kv {
 public:
  // FAILED_PRECONDITION: in use (STORE_IN_USE), other format, not a store (NOT_A_STORE). DATA_LOSS:
  // damage or missing acknowledged batches (STORE_DAMAGED).
  static absl::StatusOr<std::unique_ptr<RocksKv>> Open(const RocksOptions& options);
  ~RocksKv() override;
  RocksKv(const RocksKv&) = delete;
  RocksKv& operator=(const RocksKv&) = delete;

  absl::Status Write(const WriteBatch& batch, Durability durability) override;
  absl::StatusOr<std::optional<std::string>> Get(Family family,
                                                 absl::string_view key) const override;
  std::unique_ptr<const Snapshot> NewSnapshot() const override;
  uint64_t last_commit() const override;
  // Database files and their logs; without the ballast.
  uint64_t size_bytes() const override;

  // Reads every block of every table and compares its checksum: DATA_LOSS names the file. From any
  // thread, beside reads and writes.
  absl::Status VerifyChecksums() const;
  const RocksOptions& options() const;
  // For storage/rocksdb_backup, which reads it while this store goes on.
  rocksdb::DB* database() const;

 private:
  struct State;
  explicit RocksKv(std::unique_ptr<State> state);
  absl::Status CommitHead(uint64_t commit);
  absl::Status Failed(absl::Status status);
  void RefillBallast();

  std::unique_ptr<State> state_;
};

}  // namespace entente::storage
