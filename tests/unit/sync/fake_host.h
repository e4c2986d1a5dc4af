// A node in memory for the sync tests: holds entries that link to sequence 1 and whose key a held
// note enrols; keeps the rest aside. Copyable, so that a test can go back to a state and try
// something else.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "entente/v1/sync.pb.h"
#include "node/sync/frame/order.h"
#include "node/sync/frontier/host.h"
#include "tests/unit/sync/sync_fixture.h"

namespace entente::sync::testing {

class FakeHost : public Host {
 public:
  explicit FakeHost(std::string name) : name_(std::move(name)) {}

  // ---- setting up ----
  void Admit(const FakeHost& peer, const InstrumentId& instrument,
             Access access = Access::kEntries) {
    access_[peer.spki()][instrument] = access;
  }
  // A made-up note; enrols `key` where there is one.
  void AddNote(const InstrumentId& instrument, const std::string& text);
  void Enrol(const InstrumentId& instrument, const PublicKey& key) {
    AddNote(instrument, "enrols " + key.ToHex());
  }
  // As if a record here said so.
  void SetDeadline(const FeedRef& feed, uint64_t sequence, int64_t deadline_ms) {
    deadlines_[feed][sequence] = deadline_ms;
  }
  void ForgetDeadlines() { deadlines_.clear(); }
  // As written here; true when it became visible.
  bool AddEntry(const ledger::Entry& entry, const Spki& via = {});
  IngestResult IngestFrame(const v1::Frame& frame, const Spki& via);

  // ---- looking ----
  Spki spki() const { return IdFrom<Spki>("node " + name_); }
  const std::set<EntryId>& held() const { return held_; }
  uint64_t repeated() const { return repeated_; }  // entries that came though they were held
  size_t aside() const { return aside_.size(); }
  // Notes and entries that became visible, in that order: each by its instrument, and what it is.
  struct Came {
    InstrumentId instrument;
    std::optional<ledger::Entry> entry;  // none: a note
  };
  const std::vector<Came>& came() const { return came_; }
  uint64_t ids_asked() const { return ids_asked_; }
  absl::Status ingest_fails;  // not OK: the disk is full

  // ---- Host ----
  std::string StoreId() override { return spki().str().substr(0, 8); }
  std::vector<InstrumentId> CommonInstruments(const Spki& peer) override;
  Access AccessOf(const Spki& peer, const InstrumentId& instrument) override;
  uint64_t AuthorityGeneration() override { return generation_; }
  base::Digest AuthorityDigest(const InstrumentId& instrument) override;
  std::vector<NoteId> Leaves(const InstrumentId& instrument) override;
  std::vector<NoteId> SuspendIds(const InstrumentId&) override { return {}; }
  std::vector<std::string> MissingFor(const InstrumentId& instrument,
                                      const std::vector<NoteId>& leaves,
                                      const std::vector<NoteId>& suspends) override;
  std::vector<PublicKey> KeyOrder(const InstrumentId& instrument) override;
  base::Digest FrontierDigest(const InstrumentId& instrument) override {
    return frontiers_[instrument].Digest();
  }
  uint64_t FeedCount(const InstrumentId& instrument) override {
    return frontiers_[instrument].feed_count();
  }
  std::shared_ptr<const Frontier> FrontierOf(const InstrumentId& instrument) override {
    return std::make_shared<const Frontier>(frontiers_[instrument]);
  }
  absl::StatusOr<std::vector<EntryId>> IdsAt(const FeedKey& feed, uint64_t sequence) override;
  absl::StatusOr<std::unique_ptr<EntryCursor>> ReadPath(const FeedKey& feed, const EntryRef& tip,
                                                        const std::vector<EntryRef>& have) override;
  Deadlines DeadlinesIn(const InstrumentId&) override { return deadlines_; }
  uint64_t NewestArrival() override { return arrivals_.size(); }
  absl::StatusOr<std::unique_ptr<ArrivalCursor>> ReadArrivals(const InstrumentId& instrument,
                                                              uint64_t after,
                                                              const Spki& except) override;
  Bookmark Here(const InstrumentId& instrument) override {
    return {FrontierDigest(instrument), NewestArrival()};
  }
  std::vector<Bookmark> BookmarksWith(const Spki& peer, const InstrumentId& instrument) override;
  void KeepBookmark(const Spki& peer, const InstrumentId& instrument,
                    const Bookmark& bookmark) override;
  std::optional<Changes> ChangesSince(const InstrumentId& instrument, uint64_t after,
                                      const std::vector<FeedRef>& also, size_t max) override;
  void KeepAcknowledged(const Spki&, const InstrumentId&,
                        const std::vector<FeedTip>& tips) override {
    for (const auto& [feed, tip] : tips) acknowledged_[feed] = tip;
  }
  // What it was told to keep, the last of each feed.
  const std::map<FeedRef, EntryRef>& acknowledged() const { return acknowledged_; }
  // As a store that was lost and made anew from nothing but entries would.
  void ForgetBookmarks() { bookmarks_.clear(); }

 private:
  struct Arrival {
    ledger::Entry entry;
    Spki via;
  };
  bool Enrolled(const ledger::Entry& entry) const;
  bool Accept(const ledger::Entry& entry, const Spki& via);
  void RetryAside(const Spki& via);

  std::string name_;
  std::map<Spki, std::map<InstrumentId, Access>> access_;
  std::map<InstrumentId, std::map<NoteId, std::string>> notes_;
  uint64_t generation_ = 0;
  std::map<FeedRef, EntryRef> acknowledged_;
  std::map<FeedKey, std::map<EntryId, ledger::Entry>> feeds_;
  std::map<InstrumentId, Frontier> frontiers_;
  std::set<EntryId> held_;
  std::vector<Arrival> arrivals_;
  std::vector<Came> came_;
  std::vector<ledger::Entry> aside_;
  Deadlines deadlines_;
  uint64_t repeated_ = 0;
  uint64_t ids_asked_ = 0;
  std::map<std::pair<Spki, InstrumentId>, std::vector<Bookmark>> bookmarks_;  // newest first
};

}  // namespace entente::sync::testing
