// What the sync room needs of the node it runs in. Implemented by node/driver, and by the simulator
// over the same core; the tests have a small one in memory.
//
// Contract
//  1. Everything read here is durable: an entry or note is visible only after its batch is on disk.
//  2. One thread at a time per Host object. Cursors read one state of the store, taken when they
//     were made.
//  3. Only entries that are authentic, linked to sequence 1 and whose authority is held are
//     visible; what stands aside is not. Frontier, IdsAt, ReadPath and ReadArrivals show one and
//     the same set.
//  4. A membership answer is taken from the newest charter held at the moment of the call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/ledger/note.h"
#include "node/sync/frontier/frontier.h"

namespace entente::sync {

using base::Spki;
using ledger::NoteId;

// What a peer may have of an instrument.
enum class Access : uint8_t {
  kNone,       // its delegation was never admitted: not even that the instrument exists
  kAuthority,  // admitted once, not now: authority notes both ways, no entries
  kEntries,    // admitted: everything
};

// Entries one after the other; nothing after the last.
class EntryCursor {
 public:
  virtual ~EntryCursor() = default;
  virtual absl::StatusOr<std::optional<ledger::Entry>> Next() = 0;
};

// Entries in the order in which they became visible here.
class ArrivalCursor {
 public:
  virtual ~ArrivalCursor() = default;
  virtual absl::StatusOr<std::optional<ledger::Entry>> Next() = 0;
  // Every arrival up to this number was returned or passed over.
  virtual uint64_t through() const = 0;
};

// What became of one frame, told after it is durable.
struct IngestResult {
  // Not OK: nothing of the frame happened. INVALID_ARGUMENT: the frame is malformed, the sender's
  // fault; anything else is this node's own trouble (no space, shutting down).
  absl::Status status;
  uint64_t entries_new = 0;
  uint64_t entries_held = 0;     // were here already
  uint64_t entries_aside = 0;    // kept aside: something they need is missing
  uint64_t entries_waiting = 0;  // were aside already, and still are
  uint64_t entries_left = 0;     // not kept aside: as many wait as may
  uint64_t notes_new = 0;
  std::vector<std::string> refused;  // why, at most 8
  base::Digest frontier_digest;      // after the commit
};

// A state that this node and a peer both held: the next contact tells only what changed since.
struct Bookmark {
  base::Digest frontier;
  uint64_t arrival = 0;    // this node's newest arrival number then
  base::Digest authority;  // of the notes that both held, too; zero: they may differ
};

// An entry, and with it all of its feed that stands before it.
using FeedTip = std::pair<FeedRef, EntryRef>;

// Feeds with all their tips; none: nothing of the feed is held.
using FeedTips = std::pair<FeedRef, Tips>;
struct Changes {
  std::vector<FeedTips> feeds;  // ascending
  base::Digest frontier;        // of the state the tips were read from
};

class Host {
 public:
  virtual ~Host() = default;

  // 8 bytes, made once per store; arrival numbers belong to it.
  virtual std::string StoreId() = 0;

  // ---- membership; the peer is named by its TLS key, its delegation looked up from that ----
  // Instruments with any access, ascending.
  virtual std::vector<InstrumentId> CommonInstruments(const Spki& peer) = 0;
  virtual Access AccessOf(const Spki& peer, const InstrumentId& instrument) = 0;

  // ---- authority; each as the function of that name in ledger::Authority ----
  virtual uint64_t AuthorityGeneration() = 0;
  virtual base::Digest AuthorityDigest(const InstrumentId& instrument) = 0;
  virtual std::vector<NoteId> Leaves(const InstrumentId& instrument) = 0;
  virtual std::vector<NoteId> SuspendIds(const InstrumentId& instrument) = 0;
  virtual std::vector<std::string> MissingFor(const InstrumentId& instrument,
                                              const std::vector<NoteId>& leaves,
                                              const std::vector<NoteId>& suspends) = 0;
  virtual std::vector<PublicKey> KeyOrder(const InstrumentId& instrument) = 0;

  // ---- entries ----
  // Must not scan: asked at every Hello.
  virtual base::Digest FrontierDigest(const InstrumentId& instrument) = 0;
  // 8 bytes that differ when one node knows more of the instrument's register than another; empty:
  // its charter names none.
  virtual std::string RegisterState(const InstrumentId&) { return {}; }
  virtual uint64_t FeedCount(const InstrumentId& instrument) = 0;
  // The frontier as it is now; never null, and unchanged while it is held.
  virtual std::shared_ptr<const Frontier> FrontierOf(const InstrumentId& instrument) = 0;
  // Held entries of the feed at this sequence, ascending; several after a fork.
  virtual absl::StatusOr<std::vector<EntryId>> IdsAt(const FeedKey& feed, uint64_t sequence) = 0;
  // The path to `tip` (itself and its predecessors) without the paths to the entries in `have`,
  // oldest first. All named entries are held here.
  virtual absl::StatusOr<std::unique_ptr<EntryCursor>> ReadPath(
      const FeedKey& feed, const EntryRef& tip, const std::vector<EntryRef>& have) = 0;
  // Entries of the instrument with a deadline still to come, as this node sees it; order.h. A wish,
  // never a promise: none is always right.
  virtual std::map<FeedRef, std::map<uint64_t, int64_t>> DeadlinesIn(const InstrumentId&) {
    return {};
  }
  // Number of the newest arrival (of any instrument); 0: none yet.
  virtual uint64_t NewestArrival() = 0;
  // Arrivals of this instrument with a number above `after`, without those that came from `except`.
  virtual absl::StatusOr<std::unique_ptr<ArrivalCursor>> ReadArrivals(
      const InstrumentId& instrument, uint64_t after, const Spki& except) = 0;

  // ---- bookmarks: asked at Hello, so none of these scans ----
  // What this node holds now, as a bookmark.
  virtual Bookmark Here(const InstrumentId& instrument) = 0;
  // Newest first; none: this is a new store, or nothing was ever agreed.
  virtual std::vector<Bookmark> BookmarksWith(const Spki& peer, const InstrumentId& instrument) = 0;
  // Becomes durable some time later: a lost bookmark costs bytes, never entries.
  virtual void KeepBookmark(const Spki& peer, const InstrumentId& instrument,
                            const Bookmark& bookmark) = 0;
  // The peer has these on its disk, as it acknowledged in a contact that came to no agreement.
  // Durable some time later, likewise.
  virtual void KeepAcknowledged(const Spki&, const InstrumentId&, const std::vector<FeedTip>&) {}
  // Feeds with an arrival above `after`, and those in `also`. Nothing: over `max` changed.
  virtual std::optional<Changes> ChangesSince(const InstrumentId& instrument, uint64_t after,
                                              const std::vector<FeedRef>& also, size_t max) = 0;
};

}  // namespace entente::sync
