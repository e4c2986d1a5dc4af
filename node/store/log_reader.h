// Reading the log: entries by place or id, feeds, arrivals, statuses. Over a Snapshot, so that any
// thread can read one state while the writer goes on. Nothing here writes.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "entente/v1/store.pb.h"
#include "node/store/schema.h"

namespace entente::store {

struct Arrival {
  uint64_t number = 0;
  EntryPlace place;
  Via via;
};

class LogReader {
 public:
  // `snapshot` must outlive the reader.
  explicit LogReader(const storage::Snapshot* snapshot) : snapshot_(snapshot) {}

  absl::StatusOr<std::optional<v1::FeedState>> Feed(const FeedKey& feed) const;
  // Every feed of the instrument, ascending; the callback returns false to stop.
  absl::Status ForEachFeed(
      const InstrumentId& instrument,
      const std::function<bool(const FeedKey&, const v1::FeedState&)>& visit) const;

  // NOT_FOUND: no such entry here.
  absl::StatusOr<ledger::Entry> Get(const EntryPlace& place) const;
  absl::StatusOr<std::optional<EntryPlace>> Find(const EntryId& id) const;
  // The number under which it came to this store; 0: it is not held.
  absl::StatusOr<uint64_t> ArrivalNumberOf(const EntryId& id) const;
  // When and over whom the entry came to this store.
  absl::StatusOr<std::optional<Arrival>> ArrivalOf(const EntryId& id) const;
  // Every held entry of the feed at this sequence (several after a fork), ascending by id.
  absl::StatusOr<std::vector<EntryId>> IdsAt(uint32_t feed, uint64_t sequence) const;
  absl::StatusOr<ledger::EntryHeader> Header(const EntryPlace& place) const;

  // Rows of one feed from a sequence on, ascending; the callback returns false to stop.
  absl::Status ForEachRow(
      uint32_t feed, uint64_t from_sequence,
      const std::function<bool(const EntryPlace&, absl::string_view row)>& visit) const;

  absl::StatusOr<ledger::Verdict> VerdictOf(const EntryPlace& place) const;

  // The run's entries with numbers above `after`, ascending.
  absl::StatusOr<std::vector<EntryPlace>> PlacesOf(const ArrivalRun& run, uint64_t after) const;
  // Arrivals after `after`, ascending; the callback returns false to stop.
  absl::Status ForEachArrival(uint64_t after,
                              const std::function<bool(const Arrival&)>& visit) const;
  // The same with each entry's row, which is read where it lies beside the one before it.
  using VisitArrivalRow = std::function<bool(const Arrival&, absl::string_view row)>;
  absl::Status ForEachArrivalRow(uint64_t after, const VisitArrivalRow& visit) const;
  // The entry that arrived under this number; nothing: there is none.
  absl::StatusOr<std::optional<EntryPlace>> AtArrival(uint64_t number) const;

  // Bookmarks with the peer, newest first. An unreadable row is as good as none.
  v1::Bookmarks BookmarksWith(const base::Spki& peer, const InstrumentId& instrument) const;
  // Notes that the peer held at the last contact at which it held the same as this node; without a
  // digest: none is known. An unreadable row is as good as none.
  v1::SharedNotes SharedNotesWith(const base::Spki& peer, const InstrumentId& instrument) const;
  // The peer is known to hold, on its disk, everything of the instrument that arrived here up to
  // this number; 0: nothing is known. Learnt from what it answered to Push and Agree, from
  // equal digests, and from receipts by file.
  absl::StatusOr<uint64_t> HeldThrough(const base::Spki& peer,
                                       const InstrumentId& instrument) const;

  const storage::Snapshot& snapshot() const { return *snapshot_; }

 private:
  absl::StatusOr<bool> EachRowOfRun(const ArrivalRun& run, uint64_t after,
                                    const VisitArrivalRow& visit) const;

  const storage::Snapshot* snapshot_;
};

}  // namespace entente::store
