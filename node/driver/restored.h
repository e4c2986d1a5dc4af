// The restore guard of a store that came out of a backup. What its keys signed after the backup is
// not in it; a key that went on in its old feed could fork it. So after a restore every key goes on
// in its next incarnation, unless it is known that nothing is missing.
//
// Rules
//  1. A feed is *open* when its first entry after the restore was written here. Entries that were
//     signed before the restore (sent again after a crash) may come into any feed that they
//     continue: they are the feed.
//  2. A feed is *complete* when the mark beside the key is its head in the backup, that is its head
//     still, no higher incarnation is known, and an exchange of its instrument was completed with a
//     peer since.
//  3. Entries signed after the restore are taken in an open or complete feed, or in an incarnation
//     above every one known here, aside, or from a mark.
//  4. Nothing is offered for signing before an exchange with a peer, or a mark, says how far the
//     key had come. The author may open an incarnation all the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "entente/v1/backup.pb.h"
#include "node/ledger/entry.h"
#include "node/ledger/status.h"

namespace entente::driver {

class Replica;

// Where a key's next entry goes.
struct NextPlace {
  uint32_t incarnation = 1;
  bool fresh = false;    // nothing is written in it yet
  bool blocked = false;  // rule 4: stop and look first
};

// One key's part of a restore.
struct KeyRestore {
  base::InstrumentId instrument;
  base::PublicKey key;
  uint64_t in_backup = 0;
  bool mark_known = false;
  uint64_t after_backup = 0;  // signed after the backup, as far as is known
  uint64_t came_back = 0;     // of those, held again
  uint64_t missing = 0;       // of those, held by nobody met so far
  bool settled = false;
  uint32_t next_incarnation = 0;  // 0: its feed goes on
};

class RestoreGuard {
 public:
  explicit RestoreGuard(v1::RestoreRecord record);

  const v1::RestoreRecord& record() const { return record_; }

  // These return whether the record changed and has to be written.
  bool AddContact(const base::InstrumentId& instrument, const base::Spki& peer, uint64_t now_ms);
  // The higher mark of a feed stays. Marks that cannot be are left out.
  bool AddMarks(absl::Span<const v1::HeldHead> marks);
  bool Open(const ledger::FeedKey& feed);

  NextPlace Next(const Replica& replica, const base::InstrumentId& instrument,
                 const base::PublicKey& key) const;
  // May an entry signed at `hlc` be written into the feed? RESTORE_GUARD if not.
  absl::Status CheckEntry(const Replica& replica, const ledger::FeedKey& feed, uint64_t hlc) const;
  bool SignedSince(uint64_t hlc) const { return hlc >> 16 >= record_.restored_ms(); }

  // Keys that wrote before the backup, or whose mark is known, and are still enrolled.
  std::vector<KeyRestore> Keys(const Replica& replica) const;
  bool Contacted(const Replica& replica) const;  // in every joined instrument
  bool Settled(const Replica& replica) const;

 private:
  using Owner = std::pair<base::InstrumentId, base::PublicKey>;
  bool ContactIn(const base::InstrumentId& instrument) const;
  bool Complete(const Replica& replica, const ledger::FeedKey& feed) const;
  uint32_t HighestIncarnation(const Replica& replica, const Owner& owner) const;
  KeyRestore Look(const Replica& replica, const Owner& owner) const;

  v1::RestoreRecord record_;
  std::map<ledger::FeedKey, ledger::Tip> backup_, marks_;
  std::set<ledger::FeedKey> open_;
};

}  // namespace entente::driver
