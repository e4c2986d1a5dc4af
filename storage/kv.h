// The only storage port: an ordered key-value store with column families, atomic batches, snapshots
// and one associative merge function. Two implementations pass one contract suite
// (tests/unit/storage): RocksDB on disk, and an in-memory map with an explicit sync horizon for the
// simulator.
//
// Contract
//  1. Write(batch, kSynced) returns OK only after the batch is on disk: no crash or power loss
//     undoes it. The batch is atomic: after a crash all of it is there or none.
//  2. Each synced batch gets the next commit number (from 1). last_commit() is the newest one.
//  3. After a failed write the store refuses further writes (FAILED_PRECONDITION) but still reads.
//     Two failures have written nothing and leave it open: INVALID_ARGUMENT (over a limit, unknown
//     family) and RESOURCE_EXHAUSTED (no space).
//  4. A Snapshot sees one state for ever; it must not outlive its Kv.
//  5. Keys at most 1 KiB, values at most 1 MiB; keys order as unsigned bytes.
// Errors: RESOURCE_EXHAUSTED no space left; DATA_LOSS a checksum or the HEAD record is broken;
// FAILED_PRECONDITION locked, a newer format, or closed after a failure; UNAVAILABLE other I/O.
//
// Threads: Write is for one thread; Get, NewSnapshot and everything on a Snapshot are for any.
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
#include "storage/write_batch.h"

namespace entente::storage {

// Joins an existing value (or nothing) with one operand. Total, thread-safe, associative,
// commutative and idempotent: RocksDB calls it from compaction threads and in any grouping.
using MergeFunction =
    std::function<std::string(const std::string* existing, absl::string_view operand)>;

struct FamilyOptions {
  std::string name;
  MergeFunction merge;         // empty: Merge is not allowed in this family
  uint32_t prefix_length = 0;  // > 0: point reads by this key prefix are common (bloom filter hint)
};

// Forward iterator over [start, end) of one family. Valid() false after the last row or on error;
// then status() tells which. Views are valid until the next call.
class Iterator {
 public:
  virtual ~Iterator() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  virtual void Seek(absl::string_view key) = 0;
  virtual absl::string_view key() const = 0;
  virtual absl::string_view value() const = 0;
  virtual absl::Status status() const = 0;
};

class Snapshot {
 public:
  virtual ~Snapshot() = default;
  // nullopt: no such key.
  virtual absl::StatusOr<std::optional<std::string>> Get(Family family,
                                                         absl::string_view key) const = 0;
  // Rows whose key starts with `prefix`, ascending, positioned at the first; an empty prefix is
  // everything.
  virtual std::unique_ptr<Iterator> Scan(Family family, absl::string_view prefix) const = 0;
  // The same for who reads on through many rows and then not again soon: read ahead, and without
  // pushing out of the cache what others read.
  virtual std::unique_ptr<Iterator> ScanOn(Family family, absl::string_view prefix) const {
    return Scan(family, prefix);
  }
  // The last row whose key starts with `prefix`, if there is one.
  virtual absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      Family family, absl::string_view prefix) const = 0;
};

enum class Durability { kSynced, kUnsynced };

class Kv {
 public:
  virtual ~Kv() = default;
  virtual absl::Status Write(const WriteBatch& batch, Durability durability) = 0;
  virtual absl::StatusOr<std::optional<std::string>> Get(Family family,
                                                         absl::string_view key) const = 0;
  virtual std::unique_ptr<const Snapshot> NewSnapshot() const = 0;
  virtual uint64_t last_commit() const = 0;
  // Bytes on disk, approximate.
  virtual uint64_t size_bytes() const = 0;
};

}  // namespace entente::storage
