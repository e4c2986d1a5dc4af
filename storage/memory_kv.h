// The store in memory: one ordered map per family, and the disk of the simulator.
//
// The sync horizon is explicit. A synced batch and everything before it is "on disk"; unsynced
// batches sit above the horizon, each with the values it replaced, so that Crash() can take them
// back in reverse order. As on a real disk any number of the oldest unsynced batches may survive a
// crash, always whole.
//
// Snapshots share the maps; a write copies a family's map only while a snapshot or iterator still
// holds it. Deterministic: the same calls give the same state and answers.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "storage/kv.h"

namespace entente::storage {

class MemoryKv : public Kv {
 public:
  explicit MemoryKv(std::vector<FamilyOptions> families);

  absl::Status Write(const WriteBatch& batch, Durability durability) override;
  absl::StatusOr<std::optional<std::string>> Get(Family family,
                                                 absl::string_view key) const override;
  std::unique_ptr<const Snapshot> NewSnapshot() const override;
  uint64_t last_commit() const override;
  // Bytes of all keys and values.
  uint64_t size_bytes() const override;

  // Power loss and restart: drops the unsynced batches but the `kept` oldest ones and reopens the
  // store. No snapshot may be alive.
  void Crash(size_t kept = 0);
  // Batches above the sync horizon.
  size_t unsynced_batches() const;
  // The next Write changes nothing and returns `status`. As on disk, the store is closed for writes
  // from then until Crash(), unless the status is RESOURCE_EXHAUSTED.
  void FailNextWrite(absl::Status status);

  using Map = std::map<std::string, std::string, std::less<>>;

 private:
  struct Undo {
    Family family;
    std::string key;
    std::optional<std::string> replaced;  // nullopt: the key was not there
  };
  using UndoBatch = std::vector<Undo>;

  Map& Mutable(Family family) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Undo Apply(const WriteBatch::Op& op) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Restore(Undo undo) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountBytes(size_t key, const std::string* before, const std::string* after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::vector<FamilyOptions> options_;
  // A shared_ptr to a map is released under this mutex too, so that "nobody else holds it" is
  // exact.
  mutable absl::Mutex mutex_;
  std::vector<std::shared_ptr<Map>> maps_ ABSL_GUARDED_BY(mutex_);
  std::vector<UndoBatch> unsynced_ ABSL_GUARDED_BY(mutex_);  // oldest first
  uint64_t commit_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status fail_next_ ABSL_GUARDED_BY(mutex_);
  absl::Status closed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::storage
