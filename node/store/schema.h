// The store's schema: column families, key layout, and how rows are encoded. Reader and writer
// include this file; docs/storage-format.md documents it with a worked example.
//
// Families marked (view) are pure functions of the admitted entries and make the view digest:
// nothing local (feed numbers, arrival numbers, times of this node) may appear in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "entente/v1/store.pb.h"
#include "node/ledger/entry.h"
#include "node/ledger/status.h"
#include "storage/kv.h"

namespace entente::store {

using base::EntryId;
using base::InstrumentId;
using base::NoteId;
using base::Spki;
using ledger::FeedKey;

// Version of everything below; a store with a newer one is refused.
inline constexpr uint32_t kFormatVersion = 1;
// Version of the view rows; part of the view digest. A change rebuilds the views.
inline constexpr uint32_t kViewVersion = 4;

enum : storage::Family {
  kMeta = 0,  // small named values of this node
  kNotes =
      1,  // 'n' position[u64] id[32] or 's' id[32] -> note or suspend file, signature lines merged
  kEntries = 2,  // feed number[u32] sequence[u64] id[32] -> stored entry
  kById = 3,     // id[32] -> feed number[u32] sequence[u64] arrival[u64]
  kFeeds = 4,    // instrument[32] key[32] incarnation[u32] -> FeedState
  kStatus = 5,   // as kEntries -> status, reason; no row: admitted
  kAside =
      6,  // instrument[32] key[32] incarnation[u32] sequence[u64] id[32] -> via[8], stored entry
  kArrivals = 7,   // last arrival[u64] of a run -> feed number[u32] sequence[u64] id[32] via[8]
                   // count[u32]
  kSlots = 8,      // (view) instrument[32] slot -> SlotValue; merged
  kIndex = 9,      // (view) node/meaning/record/index_key.h -> empty
  kSetAside = 10,  // (view) instrument[32] id[32] -> code, message
  kDrafts = 11,    // name -> DraftRecord
  kPeers = 12,     // spki[32] -> PeerRecord
  kRejudge = 13,   // as kFeeds -> empty: feeds an authority change still has to re-judge
  kRegister = 14,  // node/register/rows.h: trees, checkpoints and evidence of registers
  kBlobs = 15,   // root[32] size[u64] -> BlobRecord: contents of attachments, whose bytes are files
  kLookup = 16,  // node/query/lookup/lookup_rows.h: words and values by where they stand; made from
                 // the log
};

// In family order, with the merge functions; what RocksKv and MemoryKv are opened with.
std::vector<storage::FamilyOptions> Families();

// The first 8 bytes of a peer's SPKI; all zero for entries written through this node.
using Via = std::string;
Via LocalVia();
Via ViaOf(const Spki& peer);

std::string EntryKey(uint32_t feed, uint64_t sequence, const EntryId& id);
std::string EntryPrefix(uint32_t feed);
std::string EntryPrefix(uint32_t feed, uint64_t sequence);
struct EntryPlace {
  uint32_t feed = 0;
  uint64_t sequence = 0;
  EntryId id;
};
// REQUIRES: a key made by EntryKey.
EntryPlace ParseEntryKey(absl::string_view key);

std::string ByIdValue(uint32_t feed, uint64_t sequence, uint64_t arrival);
// Entries that came one after the other in one batch, from one peer, each naming the one before it:
// `count` arrival numbers up to `last`, `count` sequences up to that of `place`, which is the last
// one's. One row for all of them, since a bulk transfer brings hundreds at a time.
struct ArrivalRun {
  uint64_t last = 0;
  EntryPlace place;
  Via via;
  uint32_t count = 0;

  uint64_t first() const { return last - count + 1; }
};
// Bounds what a reader has to go through for one arrival.
inline constexpr uint32_t kArrivalRunMax = 1024;
// The first row from this key on is the run that holds the arrival.
std::string ArrivalKey(uint64_t arrival);
std::string ArrivalValue(const ArrivalRun& run);
// REQUIRES: a row made by these.
ArrivalRun ParseArrivalRun(absl::string_view key, absl::string_view value);

std::string BookmarkKey(const Spki& peer, const InstrumentId& instrument);
std::string HeldKey(const Spki& peer, const InstrumentId& instrument);
// The arrival in a row under HeldKey; 0: no row, or none that can be read.
uint64_t ParseHeld(absl::string_view value);
std::string AcknowledgedKey(const Spki& peer, const InstrumentId& instrument);
std::string SharedNotesKey(const Spki& peer, const InstrumentId& instrument);
std::string StoodKey(const InstrumentId& instrument, const base::Digest& frontier);
std::string NoteKey(uint64_t position, const NoteId& id);
std::string SuspendKey(const NoteId& id);
std::string AsideKey(const FeedKey& feed, uint64_t sequence, const EntryId& id);
struct AsideRow {
  FeedKey feed;
  uint64_t sequence = 0;
  EntryId id;
  Via via;
  absl::string_view entry;  // as EncodeEntry; lives as long as the value
};
std::string AsideValue(absl::string_view via, const ledger::Entry& entry);
// Nothing: not such a row.
std::optional<AsideRow> ParseAside(absl::string_view key, absl::string_view value);
// Texts, so that slots of one round and delegation lie together on disk as they come in. A longer
// one stands as 0xff SHA-256(slot)[32]; so does one that begins with 0xff, that none can pose as
// another.
inline constexpr size_t kSlotTextMax = 256;
std::string SlotKey(const InstrumentId& instrument, absl::string_view slot);
// The same, behind what `out` holds.
void AppendSlotKey(std::string& out, const InstrumentId& instrument, absl::string_view slot);
// What the row's value holds of the text: nothing where the key does.
absl::string_view SlotTextInValue(absl::string_view slot);
// The text of a slot's row. REQUIRES: a key made by SlotKey; `value` as read.
std::string SlotText(absl::string_view key, const v1::SlotValue& value);
std::string SetAsideKey(const InstrumentId& instrument, const EntryId& id);

// Header, signature and payload exactly as they came: header length[u16] header signature[64]
// flag[u8] payload.
std::string EncodeEntry(const ledger::Entry& entry);
// Puts it into the batch under this key.
void PutEntry(storage::WriteBatch& batch, absl::string_view key, const ledger::Entry& entry);
// The parts of a row, not looked into; they live as long as it.
struct EntryRow {
  absl::string_view header, signature;
  std::optional<absl::string_view> payload;  // nothing: it is not here
};
// DATA_LOSS when there are no such parts.
absl::StatusOr<EntryRow> ReadEntryRow(absl::string_view row);
// DATA_LOSS when the row does not parse or its id is not `id`.
absl::StatusOr<ledger::Entry> DecodeEntry(absl::string_view row, const EntryId& id);
// As it stands in the row, nothing hashed again: for entries that go to someone who hashes them.
// Blocks of the store have checksums of their own, so a row is damaged here only if memory is.
absl::StatusOr<ledger::Entry> DecodeUnhashed(absl::string_view row, const EntryId& id);
// Only the header: for walks that need no payload. DATA_LOSS as above, but the id is not checked.
absl::StatusOr<ledger::EntryHeader> DecodeEntryHeader(absl::string_view row);

std::string EncodeVerdict(const ledger::Verdict& verdict);
ledger::Verdict DecodeVerdict(absl::string_view row);

// Names in kMeta.
inline constexpr char kMetaStoreId[] = "store_id";          // 8 random bytes, given at creation
inline constexpr char kMetaDelegation[] = "delegation";     // 32 bytes
inline constexpr char kMetaNextFeed[] = "next_feed";        // u32
inline constexpr char kMetaNextArrival[] = "next_arrival";  // u64
inline constexpr char kMetaNextDraft[] = "next_draft";      // u64
inline constexpr char kMetaViewVersion[] = "view_version";  // u32; no row: 1
inline constexpr char kMetaRebuilt[] = "views_rebuilt";  // while they are: node/driver/rebuild.cc
inline constexpr char kMetaJoined[] = "joined/";         // + instrument[32] -> empty
inline constexpr char kMetaLookup[] = "lookup";          // LookupState
inline constexpr char kMetaRestored[] = "restored";      // RestoreRecord; in a restored store
inline constexpr char kMetaBookmark[] =
    "bookmark/";  // + spki[32] instrument[32] -> Bookmarks with this peer
inline constexpr char kMetaHeld[] =
    "held/";  // + spki[32] instrument[32] -> arrival[u64]: the peer has all that arrived till then
inline constexpr char kMetaAcknowledged[] =
    "acknowledged/";  // + spki[32] instrument[32] -> tips, 76 bytes each: the peer has these since
inline constexpr char kMetaShared[] = "shared-notes/";  // + spki[32] instrument[32] -> SharedNotes
inline constexpr char kMetaBasis[] = "basis/";  // + instrument[32] delegation[32] -> BasisRecord
inline constexpr char kMetaBasisTips[] =
    "basis-tips/";  // + instrument[32] delegation[32] row[u32] -> tips, 76 bytes each
inline constexpr char kMetaStood[] =
    "stood/";  // + instrument[32] frontier digest[32] -> arrival[u64]: all that was held then
inline constexpr char kMetaSeen[] =
    "seen/";  // + feed key -> highest head ever seen: sequence[u64] id[32]

}  // namespace entente::store
