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
#include <optional>

#include "absl/status/statusor.h"
#include "node/register/rows.h"

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

// Nothing: it does not stand in this register as far as is known here.
absl::StatusOr<std::optional<uint64_t>> IndexOf(const storage::Snapshot& snapshot, const LogId& log,
                                                const EntryId& id);
// The same where the arrival number is known; 0: the entry is not held.
absl::StatusOr<std::optional<uint64_t>> IndexOf(const storage::Snapshot& snapshot, const LogId& log,
                                                const EntryId& id, uint64_t arrival);

}  // namespace entente::reg
