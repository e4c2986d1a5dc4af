// Where entries stand in a register. Entries that came to this store one after the other mostly
// stand one after the other too, so a row tells of a whole run of them, and rows ascend as they are
// written. A row for each entry, by its id, would cost a write somewhere in the midst of the store
// and as much room as everything else a register keeps.
//
//   'a' log[32] arrival[8]  -> index[8] count[4]: the entry with this arrival number stands at the
//                              index, and so on back, `count` of them
//   'e' id[32] log[32]      -> index[8]: of an entry that was not held when its place was told. In
//                              stores of earlier programs, of every entry
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "node/register/rows.h"
#include "node/store/arrival_cache.h"

namespace entente::reg {

// Stages the rows of leaves that are appended one after the other.
class IndexWriter {
 public:
  // `batch` outlives this.
  IndexWriter(const LogId& log, storage::WriteBatch* batch) : log_(log), batch_(*batch) {}

  // `arrival`: the number under which the entry came to this store; 0: it is not held.
  void Add(const EntryId& id, uint64_t arrival, uint64_t index);
  // After the last one.
  void Finish();

 private:
  const LogId log_;
  storage::WriteBatch& batch_;
  uint64_t arrival_ = 0, index_ = 0;  // of the newest in the run that is open
  uint32_t count_ = 0;                // 0: none is
};

// Reads where entries stand. Each run is sought once, however many of its entries are asked about.
class IndexReader {
 public:
  // `snapshot` outlives this. `arrivals` may be null.
  IndexReader(const storage::Snapshot* snapshot, const LogId& log,
              std::shared_ptr<store::ArrivalCache> arrivals = nullptr)
      : snapshot_(snapshot), log_(log), arrivals_(std::move(arrivals)) {}

  // Nothing: it does not stand in this register as far as is known here.
  absl::StatusOr<std::optional<uint64_t>> Of(const EntryId& id);
  // The same where the arrival number is known; 0: the entry is not held.
  absl::StatusOr<std::optional<uint64_t>> Of(const EntryId& id, uint64_t arrival);

 private:
  struct Run {
    uint64_t index = 0;  // of the newest
    uint32_t count = 0;
  };
  using Runs = std::map<uint64_t, Run>;  // by the arrival number of the newest

  absl::StatusOr<uint64_t> ArrivalOf(const EntryId& id);
  // The run that ends at this arrival or is the first to end after it; end(): there is none.
  absl::StatusOr<Runs::const_iterator> RunAt(uint64_t arrival);

  const storage::Snapshot* snapshot_;
  LogId log_;
  std::shared_ptr<store::ArrivalCache> arrivals_;
  std::unique_ptr<storage::Iterator> rows_;  // made when first needed
  Runs read_;
};

}  // namespace entente::reg
