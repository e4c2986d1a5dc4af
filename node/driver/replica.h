// The replica: this node's held set, its statuses and views, as a deterministic state machine over
// a Kv. No clock, thread, randomness or network: times and store ids are inputs, so the simulator
// runs this very code.
//
// Invariants
//  R-1 Every entry in the log is well-formed, authentic, linked without gap to sequence 1, and its
//      authority heads are held and its key is enrolled by someone. What is not stands aside
//      (bounded) and counts nowhere.
//  R-2 For every feed, tips == entries of the log no other entry of the log names as previous.
//  R-3 A status row stands for every entry whose verdict is not plainly admitted; its contribution
//      is in the views exactly when it is admitted.
//  R-4 Memory equals disk plus the staged batch; after a failed commit memory is read back from
//      disk.
//  R-5 Nothing staged is told to anyone before Commit() returned OK.
//
// Obligations of the caller (node/driver contract)
//  1. One thread calls everything here.
//  2. Stage (Submit, Ingest, AddNotes, ...), then Commit(); answer, forward or receipt only after
//     it returned OK.
//  3. After Commit() failed, treat everything staged since the last good commit as not done.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "entente/v1/blob.pb.h"
#include "entente/v1/store.pb.h"
#include "node/blob/blob_id.h"
#include "node/driver/restored.h"
#include "node/driver/verified.h"
#include "node/ledger/authority.h"
#include "node/ledger/status.h"
#include "node/meaning/rules/projection.h"
#include "node/merge/slot_value.h"
#include "node/register/registers.h"
#include "node/store/log_reader.h"
#include "node/store/published.h"
#include "node/store/schema.h"
#include "node/sync/frontier/host.h"
#include "storage/kv.h"

namespace entente::driver {

using base::Digest;
using base::EntryId;
using base::InstrumentId;
using base::NoteId;
using base::Spki;
using ledger::FeedKey;
using ledger::Verdict;

// Branches of one feed that are kept. An accident makes a handful; what a forger adds beyond tells
// nobody more, and may not make the feed's row larger than a row can be.
inline constexpr size_t kFeedTipsMax = 1024;

struct IngestReport {
  uint64_t entries_new = 0;
  uint64_t entries_held = 0;          // were here already
  uint64_t entries_aside = 0;         // something they need is missing
  uint64_t entries_waiting = 0;       // were aside already, and still are
  uint64_t entries_left = 0;          // of those refused: no more may be aside
  uint64_t entries_refused = 0;       // not stored
  uint64_t released = 0;              // came back from aside
  std::vector<std::string> refusals;  // why, at most 8
};

struct SubmittedEntry {
  EntryId id;
  uint64_t sequence = 0;
  Verdict verdict;
  bool already_held = false;
};

// The part of a header the status rules read.
ledger::JudgedEntry Judged(const ledger::EntryHeader& header, const EntryId& id);

class Replica {
 public:
  struct Options {
    std::string store_id;  // 8 random bytes; used only when the store is new
    const crypto::Verifier* verifier = nullptr;
    size_t aside_max = ledger::kAsideEntriesMax;
    size_t aside_peer_max = ledger::kAsideEntriesPerPeerMax;
    // Feeds judged again in one write when an authority act concerns many: bounds memory, and what
    // a crash has to do over.
    size_t rejudge_feeds_max = 1024;
    // What is written at once while views are made anew: likewise.
    size_t rebuild_batch_bytes = 4u << 20;
  };
  // Reads the state back; makes the views anew when another version wrote them; finishes a
  // re-judging that a crash interrupted.
  static absl::StatusOr<std::unique_ptr<Replica>> Open(storage::Kv* kv, const Options& options);
  ~Replica();

  // ---- staging ----

  // Entries written here, one feed, ascending, continuing the head. All or none: HEAD_MOVED,
  // PREDECESSOR_MISSING, SIGNATURE_INVALID, KEY_NOT_ENROLLED, KEY_REVOKED, ROLE_NOT_ALLOWED,
  // FEED_FORKED, UNKNOWN_INSTRUMENT, RESTORE_GUARD. Entries held already are answered as such.
  absl::StatusOr<std::vector<SubmittedEntry>> Submit(const VerifiedEntries& entries);

  // Entries from a peer or a bundle. Never fails for what the entries are: see the report.
  absl::StatusOr<IngestReport> Ingest(VerifiedEntries entries, absl::string_view via);

  // Authority notes and suspends, files as they came. Affected feeds are re-judged.
  absl::StatusOr<std::vector<ledger::Authority::Added>> AddNotes(
      const std::vector<std::string>& files);

  // This node's own delegation; ALREADY_FOUNDED when another one is set.
  absl::Status SetDelegation(const base::DelegationId& delegation);
  absl::Status JoinInstrument(const InstrumentId& instrument);

  void PutDraft(const v1::DraftRecord& draft);
  void DeleteDraft(absl::string_view name);
  uint64_t TakeDraftNumber();
  // Contents of attachments: what is held of them. The bytes lie beside the store.
  void PutBlob(const blob::BlobId& id, const v1::BlobRecord& record);
  void DeleteBlob(const blob::BlobId& id);
  // Rows of the lookup family, and how far they reach into the log
  // (node/query/lookup/lookup_maker.h).
  void PutLookup(const std::vector<std::pair<std::string, std::string>>& rows,
                 const v1::LookupState& state);
  void DeleteLookup(const std::vector<std::string>& keys, const v1::LookupState& state);
  void PutPeer(const v1::PeerRecord& peer);
  void DeletePeer(const Spki& spki);
  // Newest first, the one before it kept as well. With what it says of the notes go those held
  // now, if they are still the same.
  void PutBookmark(const Spki& peer, const InstrumentId& instrument,
                   const sync::Bookmark& bookmark);
  // As store::LogReader::HeldThrough. A lower one than is kept changes nothing.
  void PutHeldThrough(const Spki& peer, const InstrumentId& instrument, uint64_t arrival);
  // The peer has these; what is known of it from before counts on, until a mark is on all there is.
  void PutAcknowledged(const Spki& peer, const InstrumentId& instrument,
                       const std::vector<sync::FeedTip>& tips);
  // For a restored store; nothing otherwise. An exchange of the instruments was completed with the
  // peer; how far keys have signed.
  void NoteContact(const Spki& peer, absl::Span<const InstrumentId> instruments, uint64_t now_ms);
  void NoteMarks(absl::Span<const v1::HeldHead> marks);

  // ---- registers (node/register/registers.h has the rules) ----

  // This node has the register's key: it keeps the register from now on.
  absl::Status KeepRegister(const InstrumentId& instrument, const ledger::VerifierKey& key);
  // Takes up to `max` of the newest arrivals into the register kept here; how many were looked at.
  absl::StatusOr<uint64_t> Sequence(const InstrumentId& instrument, uint64_t max);
  absl::StatusOr<reg::TakenNews> TakeRegisterNews(const v1::RegisterNews& news);
  absl::StatusOr<reg::TakenNews> TakeCheckpoint(const InstrumentId& instrument,
                                                absl::string_view file);
  // Everything else: what `change` stages goes with the next Commit.
  absl::Status ChangeRegisters(
      const std::function<absl::Status(reg::Registers&, storage::WriteBatch&)>& change);
  const reg::Registers& registers() const { return registers_; }

  // One synced batch with everything staged. On failure, also of a write an operation made on its
  // way here, nothing since the last good commit is told to anyone and memory is what the disk
  // holds.
  absl::Status Commit();
  size_t staged_bytes() const { return batch_.bytes(); }
  bool has_staged() const { return !batch_.empty() || !dirty_feeds_.empty(); }

  // Everything other threads may know, as of the last good Commit. Call it from on_commit or when
  // nothing is staged; `before` is the value it replaces (may be null) and saves what did not
  // change.
  std::shared_ptr<const store::Published> Publish(const store::PublishedPtr& before);

  // ---- reading (writer thread; staged state included) ----

  const ledger::Authority& authority() const { return authority_; }
  const std::set<InstrumentId>& instruments() const { return instruments_; }
  std::optional<base::DelegationId> delegation() const { return delegation_; }
  const std::string& store_id() const { return store_id_; }
  uint64_t newest_arrival() const { return next_arrival_ - 1; }
  sync::Frontier& frontier(const InstrumentId& instrument) { return frontiers_[instrument]; }
  Digest AuthorityDigest(const InstrumentId& instrument);
  // As sync::Host::ChangesSince; its cost is that of the answer.
  std::optional<sync::Changes> ChangesSince(const InstrumentId& instrument, uint64_t after,
                                            const std::vector<sync::FeedRef>& also, size_t max);
  const v1::FeedState* Feed(const FeedKey& feed) const;
  const std::map<FeedKey, v1::FeedState>& feeds() const { return feeds_; }
  uint64_t aside_count(const InstrumentId& instrument) const;
  // Highest head of the feed ever seen here, also one that was lost since: the restore guard.
  std::optional<ledger::Tip> HighestSeen(const FeedKey& feed) const;
  // Where the key's next entry goes: the newest incarnation in use, unless a restore says
  // otherwise.
  NextPlace Next(const InstrumentId& instrument, const base::PublicKey& key) const;
  // Null unless this store came out of a backup.
  const RestoreGuard* restored() const { return restored_ ? &*restored_ : nullptr; }
  storage::Kv& kv() { return *kv_; }

  // Called at the end of each good Commit with the instruments whose entries or notes changed
  // (often none).
  std::function<void(const std::set<InstrumentId>&)> on_commit;

 private:
  Replica(storage::Kv* kv, const Options& options);

  void PutSharedNotes(const Spki& peer, const InstrumentId& instrument, const Digest& authority);
  absl::Status Load();
  absl::Status LoadMeta();
  absl::Status LoadRestored();
  absl::Status LoadAside();
  absl::Status LoadNotes();
  absl::Status LoadFeeds();
  absl::Status FinishRejudging();

  // submit.cc
  absl::Status CheckSubmission(const FeedKey& feed,
                               const std::vector<VerifiedEntries::Item>& items) const;
  absl::StatusOr<bool> HeldStagedOrLogged(const FeedKey& feed, const ledger::Entry& entry);
  absl::Status CheckContinues(const FeedKey& feed,
                              const std::vector<VerifiedEntries::Item>& fresh) const;
  absl::StatusOr<std::vector<Verdict>> Foresee(const FeedKey& feed,
                                               const std::vector<VerifiedEntries::Item>& fresh);

  absl::Status CheckRestored(const FeedKey& feed, const std::vector<VerifiedEntries::Item>& fresh);
  void StageRestored();

  // ingest.cc
  // These three use the items up.
  absl::Status IngestFeed(const FeedKey& feed, absl::Span<VerifiedEntries::Item> items,
                          absl::string_view via, IngestReport& report);
  absl::Status IngestGeneral(const FeedKey& feed, std::vector<VerifiedEntries::Item> items,
                             absl::string_view via, IngestReport& report);
  size_t CountPlain(const FeedKey& feed, absl::Span<const VerifiedEntries::Item> items) const;
  bool HeadsHeld(const ledger::Entry& entry) const;
  bool HeadsPlain(const ledger::Entry& entry, const base::DelegationId& delegation) const;
  absl::Status AcceptPlain(const FeedKey& feed, absl::Span<VerifiedEntries::Item> items,
                           absl::string_view via);
  absl::Status AcceptJudged(const FeedKey& feed, const std::vector<const ledger::Entry*>& entries,
                            absl::string_view via);
  v1::FeedState& FeedFor(const FeedKey& feed, const ledger::Entry& first);
  void StoreEntry(const FeedKey& feed, v1::FeedState& state, const ledger::Entry& entry,
                  absl::string_view via);
  void StageEntry(uint32_t feed, const ledger::Entry& entry, absl::string_view via);
  void NoteArrival(const store::EntryPlace& place, const EntryId& previous, absl::string_view via);
  void StageArrivals();
  absl::StatusOr<bool> HeldInLog(const FeedKey& feed, const ledger::Entry& entry) const;
  absl::StatusOr<bool> InLogAt(const FeedKey& feed, uint64_t sequence, const EntryId& id) const;
  void SetAside(const ledger::Entry& entry, absl::string_view via, bool was_aside,
                IngestReport& report);
  absl::StatusOr<std::vector<VerifiedEntries::Item>> TakeAside(
      const FeedKey& feed, std::map<EntryId, store::Via>& via_of);
  absl::Status RetryAside();

  // notes.cc
  void StoreNote(const NoteId& id, std::set<NoteId>& chains, std::set<base::PublicKey>& keys);

  // judge.cc
  // Slot rows read, changed and written back within one slow operation; empty between operations.
  using SlotOverlay = std::map<std::string, merge::OpenSlot>;
  // REQUIRES: nothing staged that touches views (Flush() first). `added` are rows of this very
  // batch.
  absl::Status Rejudge(const FeedKey& feed, const std::vector<const ledger::Entry*>& added,
                       SlotOverlay& slots);
  struct Row;
  struct Names;
  absl::Status Settle(const v1::FeedState& state, const store::LogReader& log, const Row& row,
                      const Names& names, SlotOverlay& slots);
  absl::Status RejudgeAll(const std::set<FeedKey>& feeds);
  absl::StatusOr<std::vector<ledger::JudgedEntry>> JudgedRows(const FeedKey& feed) const;
  bool NeedsRejudging(const FeedKey& feed, const v1::FeedState& state) const;
  std::set<FeedKey> FeedsTouchedBy(const std::set<NoteId>& chains,
                                   const std::set<base::PublicKey>& keys) const;
  std::string PlainFacts(const FeedKey& feed, const base::DelegationId& delegation) const;
  std::string CodeOf(const InstrumentId& instrument, const base::DelegationId& delegation) const;
  base::DelegationId DelegationOf(const ledger::Entry& entry) const;
  void Count(v1::FeedState& state, const Verdict& verdict, int64_t by) const;

  // views.cc
  // By merge operand. `code`: as for ChangeViews.
  void Contribute(const VerifiedEntries::Item& item, const std::string& code);
  void StageViewRows(const ledger::Entry& entry, const ViewRows& rows);
  // `code`: what the charter calls, or called, the entry's delegation.
  absl::Status ChangeViews(const ledger::Entry& entry, const std::string& code, bool add,
                           SlotOverlay& slots);
  void StageSlots(SlotOverlay& slots);

  void StageStood();

  // rebuild.cc
  absl::Status RebuildViews();
  absl::Status EraseViews();
  absl::Status RemakeViews(const std::string& after);
  absl::Status RemakeRows(const store::LogReader& log, const store::EntryPlace& place,
                          absl::string_view row);

  // `before`: the feed's newest arrival until now; 0: none.
  void StageFrontier(const FeedKey& feed, const v1::FeedState& state, uint64_t before);
  absl::Status FollowCharters();
  void NameFeed(uint32_t number, const InstrumentId& instrument);

  // Writes what is staged so far, so that reads from the Kv see it. Still not told to anyone.
  absl::Status Flush();

  // After a failed write: memory is read back from disk.
  void ReadBack();

  storage::Kv* kv_;
  Options options_;
  absl::Status failed_;   // of a write since the last Commit; OK: none
  bool written_ = false;  // something was, since on_commit was last called
  bool rejudge_due_ =
      false;  // marks of an interrupted re-judging are on disk, and the disk refused to finish it
  storage::WriteBatch batch_;
  meaning::Projector projector_;  // its memory, from entry to entry
  ledger::Authority authority_;
  std::set<InstrumentId> instruments_;
  std::optional<base::DelegationId> delegation_;
  std::optional<RestoreGuard> restored_;
  reg::Registers registers_;
  std::vector<InstrumentId> feed_instruments_;  // by feed number
  std::string store_id_;
  uint32_t next_feed_ = 1;
  uint64_t next_arrival_ = 1;
  store::ArrivalRun arrival_run_;  // stored already but for its row, which comes with the flush
  uint64_t next_draft_ = 1;
  std::map<FeedKey, v1::FeedState> feeds_;
  std::map<InstrumentId, sync::Frontier> frontiers_;
  // Feeds by the arrival number of their newest entry.
  std::map<InstrumentId, absl::btree_map<uint64_t, sync::FeedRef>> changes_;
  std::map<FeedKey, uint64_t> aside_;  // rows aside per feed
  std::map<std::string, uint64_t> aside_by_peer_;
  // What other threads were last told they stand on; kept on disk once it changes, so that a
  // frontier that was printed can be asked about later.
  std::map<InstrumentId, std::pair<Digest, uint64_t>> stood_;
  std::set<FeedKey> dirty_feeds_;  // state rows to write at the next flush
  std::set<InstrumentId> changed_;
  std::map<InstrumentId, std::pair<uint64_t, Digest>> authority_digests_;  // by generation
  std::map<std::pair<Spki, InstrumentId>, uint64_t> held_through_;  // of those asked or put so far
};

}  // namespace entente::driver
