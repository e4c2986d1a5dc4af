// Opening, committing and the small local state of the replica. Entries come in through ingest.cc
// and submit.cc, authority through notes.cc; judge.cc settles statuses, views.cc writes views.
#include "node/driver/replica.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/sync/frontier/heads.h"

namespace entente::driver {

using base::AppendU32;
using base::AppendU64;
using store::LocalVia;

namespace {

// Of what a peer acknowledged before, with what it acknowledged now.
constexpr size_t kAcknowledgedBytesMax = 1024 * sync::kTipBytes;

std::string U32(uint32_t v) {
  std::string out;
  AppendU32(out, v);
  return out;
}

std::string U64(uint64_t v) {
  std::string out;
  AppendU64(out, v);
  return out;
}

}  // namespace

Replica::Replica(storage::Kv* kv, const Options& options)
    : kv_(kv), options_(options), authority_(options.verifier), registers_(options.verifier) {}
Replica::~Replica() = default;

absl::StatusOr<std::unique_ptr<Replica>> Replica::Open(storage::Kv* kv, const Options& options) {
  ENTENTE_CHECK(options.verifier != nullptr);
  std::unique_ptr<Replica> replica(new Replica(kv, options));
  RETURN_IF_ERROR(replica->Load());
  RETURN_IF_ERROR(replica->RebuildViews());
  RETURN_IF_ERROR(replica->FinishRejudging());
  // A crash may have come between a note and the entries that waited for it.
  RETURN_IF_ERROR(replica->RetryAside());
  RETURN_IF_ERROR(replica->Commit());
  return replica;
}

absl::Status Replica::Load() {
  batch_.Clear();
  arrival_run_ = store::ArrivalRun();
  authority_ = ledger::Authority(options_.verifier);
  instruments_.clear();
  feeds_.clear();
  frontiers_.clear();
  changes_.clear();
  aside_.clear();
  aside_by_peer_.clear();
  dirty_feeds_.clear();
  stood_.clear();
  changed_.clear();
  authority_digests_.clear();
  held_through_.clear();
  feed_instruments_.clear();
  RETURN_IF_ERROR(LoadMeta());
  RETURN_IF_ERROR(LoadNotes());
  RETURN_IF_ERROR(LoadFeeds());
  RETURN_IF_ERROR(LoadAside());
  RETURN_IF_ERROR(registers_.Load(kv_));
  return FollowCharters();
}

absl::Status Replica::LoadMeta() {
  ASSIGN_OR_RETURN(auto id, kv_->Get(store::kMeta, store::kMetaStoreId));
  if (id) {
    store_id_ = *id;
  } else {
    ENTENTE_CHECK(options_.store_id.size() == 8);
    store_id_ = options_.store_id;
    batch_.Put(store::kMeta, store::kMetaStoreId, store_id_);
  }
  ASSIGN_OR_RETURN(auto delegation, kv_->Get(store::kMeta, store::kMetaDelegation));
  delegation_ = delegation ? base::DelegationId::FromBytes(*delegation) : std::nullopt;
  ASSIGN_OR_RETURN(auto feed, kv_->Get(store::kMeta, store::kMetaNextFeed));
  next_feed_ = feed ? base::ReadU32(*feed) : 1;
  ASSIGN_OR_RETURN(auto arrival, kv_->Get(store::kMeta, store::kMetaNextArrival));
  next_arrival_ = arrival ? base::ReadU64(*arrival) : 1;
  ASSIGN_OR_RETURN(auto draft, kv_->Get(store::kMeta, store::kMetaNextDraft));
  next_draft_ = draft ? base::ReadU64(*draft) : 1;
  RETURN_IF_ERROR(LoadRestored());
  auto snapshot = kv_->NewSnapshot();
  auto it = snapshot->Scan(store::kMeta, store::kMetaJoined);
  for (; it->Valid(); it->Next()) {
    auto joined = InstrumentId::FromBytes(it->key().substr(std::string(store::kMetaJoined).size()));
    if (joined) instruments_.insert(*joined);
  }
  return it->status();
}

absl::Status Replica::LoadNotes() {
  auto snapshot = kv_->NewSnapshot();
  // Notes by position, so that every parent is there before its successor; suspends after all
  // notes.
  auto it = snapshot->Scan(store::kNotes, "");
  for (; it->Valid(); it->Next()) {
    auto added = authority_.Add(it->value());
    if (added.outcome == ledger::Authority::Outcome::kRefused) {
      return base::Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                         absl::StrCat("a stored authority note no longer proves itself: ",
                                      added.reason, "; restore from a backup or a peer"));
    }
  }
  return it->status();
}

absl::Status Replica::LoadFeeds() {
  auto snapshot = kv_->NewSnapshot();
  auto it = snapshot->Scan(store::kFeeds, "");
  for (; it->Valid(); it->Next()) {
    auto feed = FeedKey::Decode(it->key());
    v1::FeedState state;
    if (!feed || !state.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return base::Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                         "a feed's row does not parse; restore from a backup or a peer");
    }
    StageFrontier(*feed, state, 0);
    NameFeed(state.number(), feed->instrument);
    feeds_.emplace(*feed, std::move(state));
  }
  return it->status();
}

absl::Status Replica::LoadAside() {
  auto snapshot = kv_->NewSnapshot();
  auto it = snapshot->Scan(store::kAside, "");
  for (; it->Valid(); it->Next()) {
    const auto row = store::ParseAside(it->key(), it->value());
    if (!row) continue;
    ++aside_[row->feed];
    ++aside_by_peer_[row->via];
  }
  return it->status();
}

void Replica::StageFrontier(const FeedKey& feed, const v1::FeedState& state, uint64_t before) {
  std::vector<sync::EntryRef> tips;
  for (const v1::FeedTip& tip : state.tips()) {
    tips.push_back({tip.sequence(), *EntryId::FromBytes(tip.id())});
  }
  frontiers_.try_emplace(feed.instrument).first->second.Set(feed, tips);
  auto& changes = changes_[feed.instrument];
  changes.erase(before);
  changes.emplace(state.newest_arrival(), sync::FeedRef::Of(feed));
}

absl::Status Replica::SetDelegation(const base::DelegationId& delegation) {
  if (delegation_ && *delegation_ != delegation) {
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "ALREADY_FOUNDED",
        absl::StrCat("this node already serves the delegation ", delegation_->Short(),
                     "; start another node with its own --data for a second delegation"));
  }
  delegation_ = delegation;
  batch_.Put(store::kMeta, store::kMetaDelegation, delegation.str());
  return absl::OkStatus();
}

absl::Status Replica::JoinInstrument(const InstrumentId& instrument) {
  if (authority_.Charter(instrument) == nullptr) {
    return base::Error(absl::StatusCode::kFailedPrecondition, "UNKNOWN_INSTRUMENT",
                       "the charter of this instrument is not held here; import its invitation");
  }
  instruments_.insert(instrument);
  batch_.Put(store::kMeta, store::kMetaJoined + instrument.str(), "");
  changed_.insert(instrument);
  return FollowCharters();
}

void Replica::PutDraft(const v1::DraftRecord& draft) {
  batch_.Put(store::kDrafts, draft.name(), draft.SerializeAsString());
}

void Replica::DeleteDraft(absl::string_view name) {
  batch_.Delete(store::kDrafts, base::Str(name));
}

void Replica::PutBlob(const blob::BlobId& id, const v1::BlobRecord& record) {
  batch_.Put(store::kBlobs, id.Encode(), record.SerializeAsString());
}

void Replica::DeleteBlob(const blob::BlobId& id) { batch_.Delete(store::kBlobs, id.Encode()); }

void Replica::PutLookup(const std::vector<std::pair<std::string, std::string>>& rows,
                        const v1::LookupState& state) {
  for (const auto& [key, value] : rows) batch_.Put(store::kLookup, key, value);
  batch_.Put(store::kMeta, store::kMetaLookup, state.SerializeAsString());
}

void Replica::DeleteLookup(const std::vector<std::string>& keys, const v1::LookupState& state) {
  for (const std::string& key : keys) batch_.Delete(store::kLookup, key);
  batch_.Put(store::kMeta, store::kMetaLookup, state.SerializeAsString());
}

uint64_t Replica::TakeDraftNumber() {
  const uint64_t number = next_draft_++;
  batch_.Put(store::kMeta, store::kMetaNextDraft, U64(next_draft_));
  return number;
}

void Replica::PutPeer(const v1::PeerRecord& peer) {
  batch_.Put(store::kPeers, peer.spki(), peer.SerializeAsString());
}

void Replica::DeletePeer(const Spki& spki) { batch_.Delete(store::kPeers, spki.str()); }

void Replica::PutBookmark(const Spki& peer, const InstrumentId& instrument,
                          const sync::Bookmark& bookmark) {
  const std::string key = store::BookmarkKey(peer, instrument);
  v1::Bookmarks row;
  v1::Bookmark* newest = row.add_bookmarks();
  newest->set_frontier_digest(bookmark.frontier.str());
  newest->set_arrival(bookmark.arrival);
  // Notes may have come in meanwhile; what was shared then is not known any more.
  const bool shared =
      bookmark.authority != Digest() && bookmark.authority == AuthorityDigest(instrument);
  if (shared) newest->set_authority_digest(bookmark.authority.str());
  v1::Bookmarks before;
  auto stored = kv_->Get(store::kMeta, key);
  if (!stored.ok() || !stored->has_value() || !before.ParseFromString(**stored)) before.Clear();
  // The peer may not have heard that this one was agreed.
  for (const v1::Bookmark& old : before.bookmarks()) {
    if (old.frontier_digest() == newest->frontier_digest()) continue;
    *row.add_bookmarks() = old;
    break;
  }
  batch_.Put(store::kMeta, key, row.SerializeAsString());
  if (shared) PutSharedNotes(peer, instrument, bookmark.authority);
}

void Replica::PutSharedNotes(const Spki& peer, const InstrumentId& instrument,
                             const Digest& authority) {
  v1::SharedNotes notes;
  notes.set_authority_digest(authority.str());
  for (const ledger::NoteId& id : authority_.Leaves(instrument)) notes.add_leaves(id.str());
  for (const ledger::NoteId& id : authority_.SuspendIds(instrument)) notes.add_suspends(id.str());
  batch_.Put(store::kMeta, store::SharedNotesKey(peer, instrument), notes.SerializeAsString());
}

void Replica::PutHeldThrough(const Spki& peer, const InstrumentId& instrument, uint64_t arrival) {
  auto [mark, fresh] = held_through_.try_emplace({peer, instrument}, 0);
  if (fresh) {
    auto stored = kv_->Get(store::kMeta, store::HeldKey(peer, instrument));
    if (stored.ok() && stored->has_value()) mark->second = store::ParseHeld(**stored);
  }
  // A contact and a receipt may come to this in any order.
  if (arrival <= mark->second) return;
  mark->second = arrival;
  batch_.Put(store::kMeta, store::HeldKey(peer, instrument), U64(arrival));
  // A receipt may be older than what was acknowledged since: only a mark on all there is says more.
  if (arrival >= newest_arrival())
    batch_.Delete(store::kMeta, store::AcknowledgedKey(peer, instrument));
}

void Replica::PutAcknowledged(const Spki& peer, const InstrumentId& instrument,
                              const std::vector<sync::FeedTip>& tips) {
  const std::string key = store::AcknowledgedKey(peer, instrument);
  std::set<sync::FeedRef> anew;
  std::string row;
  for (const auto& [feed, tip] : tips) {
    anew.insert(feed);
    sync::AppendTip(row, feed, tip);
  }
  auto stored = kv_->Get(store::kMeta, key);
  std::vector<sync::PeerTip> before;
  if (stored.ok() && stored->has_value()) (void)sync::UnpackTips(**stored, before);
  for (const sync::PeerTip& tip : before) {
    if (row.size() >= kAcknowledgedBytesMax) break;
    if (!anew.contains(tip.feed)) sync::AppendTip(row, tip.feed, {tip.sequence, tip.id});
  }
  batch_.Put(store::kMeta, key, std::move(row));
}

void Replica::StageStood() {
  for (const FeedKey& feed : dirty_feeds_) {
    auto it = stood_.find(feed.instrument);
    if (it == stood_.end()) continue;
    const auto& [digest, arrival] = it->second;
    batch_.Put(store::kMeta, store::StoodKey(feed.instrument, digest), U64(arrival));
    stood_.erase(it);
  }
}

absl::Status Replica::Flush() {
  StageArrivals();
  StageStood();
  for (const FeedKey& feed : dirty_feeds_) {
    batch_.Put(store::kFeeds, feed.Encode(), feeds_.at(feed).SerializeAsString());
  }
  if (!dirty_feeds_.empty()) {
    batch_.Put(store::kMeta, store::kMetaNextFeed, U32(next_feed_));
    batch_.Put(store::kMeta, store::kMetaNextArrival, U64(next_arrival_));
  }
  dirty_feeds_.clear();
  // After a failure memory is ahead of the disk: nothing more is written on top of it before Commit
  // reads it back.
  if (!failed_.ok()) return failed_;
  if (batch_.empty()) return absl::OkStatus();
  failed_ = kv_->Write(batch_, storage::Durability::kSynced);
  if (failed_.ok()) registers_.Committed();
  written_ = true;
  batch_.Clear();
  return failed_;
}

void Replica::ReadBack() {
  absl::Status loaded = Load();
  ENTENTE_CHECK(loaded.ok());
  failed_ = absl::OkStatus();
}

absl::Status Replica::Commit() {
  absl::Status written = failed_;
  if (written.ok() && rejudge_due_) written = FinishRejudging();
  if (written.ok()) written = Flush();
  rejudge_due_ = rejudge_due_ && !written.ok();
  if (!written.ok()) {
    // Memory is ahead of the disk: read the disk's state back, so that nothing lost is ever shown
    // or built upon. The act whose re-judging broke off may be on disk already; then it is finished
    // now, or before the next commit.
    ReadBack();
    if (!FinishRejudging().ok()) {
      ReadBack();
      rejudge_due_ = true;
    }
    changed_.clear();
    // What earlier writes of this group made durable is shown, so that nothing waits for the next
    // commit.
    if (on_commit) on_commit(instruments_);
    return written;
  }
  std::set<InstrumentId> changed = std::move(changed_);
  changed_.clear();
  // A round that only read tells nobody.
  if (std::exchange(written_, false) && on_commit) on_commit(changed);
  return absl::OkStatus();
}

std::shared_ptr<const store::Published> Replica::Publish(const store::PublishedPtr& before) {
  auto out = std::make_shared<store::Published>(store::Published{
      .authority = authority_,
      .instruments = instruments_,
      .delegation = delegation_,
      .store_id = store_id_,
      .newest_arrival = newest_arrival(),
      .arrivals = before ? before->arrivals : std::make_shared<store::ArrivalCache>()});
  const bool same_authority = before && before->authority.generation() == authority_.generation() &&
                              before->instruments == instruments_;
  out->nodes = same_authority ? before->nodes : store::NodesOf(authority_, instruments_);
  for (const InstrumentId& instrument : instruments_) {
    store::InstrumentFigures& figures = out->figures[instrument];
    const sync::Frontier& frontier = frontiers_[instrument];
    figures.frontier_digest = frontier.Digest();
    stood_[instrument] = {figures.frontier_digest, newest_arrival()};
    figures.authority_digest = AuthorityDigest(instrument);
    figures.feeds = frontier.feed_count();
    if (auto head = registers_.HeadOf(instrument)) out->registers[instrument] = std::move(head);
  }
  return out;
}

Digest Replica::AuthorityDigest(const InstrumentId& instrument) {
  auto& [generation, digest] = authority_digests_[instrument];
  if (generation != authority_.generation() + 1) {
    generation = authority_.generation() + 1;
    digest = authority_.AuthorityDigest(instrument);
  }
  return digest;
}

std::optional<sync::Changes> Replica::ChangesSince(const InstrumentId& instrument, uint64_t after,
                                                   const std::vector<sync::FeedRef>& also,
                                                   size_t max) {
  std::set<sync::FeedRef> feeds;
  const auto& changes = changes_[instrument];
  for (auto it = changes.upper_bound(after); it != changes.end(); ++it) {
    if (feeds.size() >= max) return std::nullopt;
    feeds.insert(it->second);
  }
  feeds.insert(also.begin(), also.end());
  const sync::Frontier& frontier = frontiers_[instrument];
  sync::Changes out;
  out.frontier = frontier.Digest();
  for (const sync::FeedRef& feed : feeds) {
    const sync::Tips* tips = frontier.Find(feed);
    out.feeds.emplace_back(feed, tips ? *tips : sync::Tips());
  }
  return out;
}

const v1::FeedState* Replica::Feed(const FeedKey& feed) const {
  auto it = feeds_.find(feed);
  return it == feeds_.end() ? nullptr : &it->second;
}

uint64_t Replica::aside_count(const InstrumentId& instrument) const {
  uint64_t count = 0;
  for (const auto& [feed, rows] : aside_) {
    if (feed.instrument == instrument) count += rows;
  }
  return count;
}

std::optional<ledger::Tip> Replica::HighestSeen(const FeedKey& feed) const {
  std::optional<ledger::Tip> highest;
  if (const v1::FeedState* state = Feed(feed)) {
    for (const v1::FeedTip& tip : state->tips()) {
      if (!highest || tip.sequence() > highest->sequence) {
        highest = ledger::Tip{feed.Name(), tip.sequence(), *EntryId::FromBytes(tip.id())};
      }
    }
  }
  if (!aside_.contains(feed)) return highest;
  auto snapshot = kv_->NewSnapshot();
  auto last = snapshot->Last(store::kAside, feed.Encode());
  if (!last.ok() || !last->has_value()) return highest;
  const auto row = store::ParseAside((*last)->first, (*last)->second);
  if (row && (!highest || row->sequence > highest->sequence)) {
    highest = ledger::Tip{feed.Name(), row->sequence, row->id};
  }
  return highest;
}

}  // namespace entente::driver
