// The restore guard beside an author's key: how far this key has signed, kept outside every
// database. A node that was restored from a backup offers an old head; signing there would fork the
// feed, so the mark stops it.
//
// KEYFILE.mark: lines "INSTRUMENT INCARNATION SEQUENCE ENTRY", ascending, one per instrument and
// incarnation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/ledger/entry.h"

namespace entente::keys {

struct Mark {
  base::InstrumentId instrument;
  uint32_t incarnation = 1;
  uint64_t sequence = 0;
  base::EntryId entry;

  friend auto operator<=>(const Mark&, const Mark&) = default;
};

// The head of a feed as a node offers it for the next entry: the entry to build on. Sequence 0:
// none yet.
struct OfferedHead {
  uint32_t incarnation = 1;
  uint64_t sequence = 0;
  base::EntryId entry;
};

// Held while one process signs with the key; a second one waits.
class KeyLock {
 public:
  static absl::StatusOr<KeyLock> Take(const std::string& key_path);
  KeyLock(KeyLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  KeyLock& operator=(KeyLock&&) = delete;
  ~KeyLock();

 private:
  explicit KeyLock(int fd) : fd_(fd) {}
  int fd_;
};

// Empty if nothing was signed yet. DATA_LOSS if the file does not parse.
absl::StatusOr<std::vector<Mark>> ReadMarks(const std::string& key_path);
// Of the instrument's newest incarnation.
absl::StatusOr<std::optional<Mark>> NewestMark(const std::string& key_path,
                                               const base::InstrumentId& instrument);

// In place of the mark of the same instrument and incarnation; synced when it returns.
absl::Status SetMark(const std::string& key_path, const Mark& mark);
// Forgets one, as after a run that no node took.
absl::Status DropMark(const std::string& key_path, const base::InstrumentId& instrument,
                      uint32_t incarnation);

// May the key sign after this head? ABORTED with reason RESTORE_GUARD if the mark is higher, or
// names another entry at the same place; the message says what happened and what to do.
absl::Status CheckOffer(const std::optional<Mark>& mark, const OfferedHead& offered);

}  // namespace entente::keys
