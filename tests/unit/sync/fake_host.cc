#include "tests/unit/sync/fake_host.h"

#include <algorithm>

#include "node/sync/frame/frame.h"

namespace entente::sync::testing {

namespace {

class ListCursor : public EntryCursor {
 public:
  explicit ListCursor(std::vector<ledger::Entry> entries) : entries_(std::move(entries)) {}
  absl::StatusOr<std::optional<ledger::Entry>> Next() override {
    if (at_ == entries_.size()) return std::nullopt;
    return entries_[at_++];
  }

 private:
  std::vector<ledger::Entry> entries_;
  size_t at_ = 0;
};

class ArrivalList : public ArrivalCursor {
 public:
  ArrivalList(std::vector<std::pair<uint64_t, ledger::Entry>> entries, uint64_t end)
      : entries_(std::move(entries)), end_(end) {}
  absl::StatusOr<std::optional<ledger::Entry>> Next() override {
    if (at_ == entries_.size()) {
      through_ = end_;
      return std::nullopt;
    }
    through_ = entries_[at_].first;
    return entries_[at_++].second;
  }
  uint64_t through() const override { return through_; }

 private:
  std::vector<std::pair<uint64_t, ledger::Entry>> entries_;
  uint64_t end_;
  size_t at_ = 0;
  uint64_t through_ = 0;
};

NoteId IdOfNote(const std::string& text) { return IdFrom<NoteId>(text); }

}  // namespace

void FakeHost::AddNote(const InstrumentId& instrument, const std::string& text) {
  if (!notes_[instrument].emplace(IdOfNote(text), text).second) return;
  came_.push_back({instrument, std::nullopt});
  ++generation_;
  RetryAside({});
}

bool FakeHost::Enrolled(const ledger::Entry& entry) const {
  auto notes = notes_.find(entry.header.instrument);
  return notes != notes_.end() &&
         notes->second.contains(IdOfNote("enrols " + entry.header.key.ToHex()));
}

bool FakeHost::Accept(const ledger::Entry& entry, const Spki& via) {
  auto& feed = feeds_[entry.feed()];
  if (!Enrolled(entry)) return false;
  if (entry.header.sequence > 1) {
    auto previous = feed.find(entry.header.previous);
    bool linked =
        previous != feed.end() && previous->second.header.sequence + 1 == entry.header.sequence;
    if (!linked) return false;
  }
  feed.emplace(entry.id, entry);
  held_.insert(entry.id);
  arrivals_.push_back({entry, via});
  came_.push_back({entry.header.instrument, entry});
  // Nothing held names the new entry as previous, so it is a tip and its predecessor is not.
  Frontier& frontier = frontiers_[entry.header.instrument];
  const Tips* before = frontier.Find(FeedRef::Of(entry.feed()));
  std::vector<EntryRef> tips = {{entry.header.sequence, entry.id}};
  if (before != nullptr) {
    for (const EntryRef& tip : *before) {
      if (tip.id != entry.header.previous) tips.push_back(tip);
    }
  }
  frontier.Set(entry.feed(), tips);
  return true;
}

void FakeHost::RetryAside(const Spki& via) {
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < aside_.size(); ++i) {
      if (!held_.contains(aside_[i].id) && !Accept(aside_[i], via)) continue;
      aside_.erase(aside_.begin() + static_cast<ptrdiff_t>(i));
      again = true;
      break;
    }
  }
}

bool FakeHost::AddEntry(const ledger::Entry& entry, const Spki& via) {
  if (held_.contains(entry.id)) {
    ++repeated_;
    return false;
  }
  if (!Accept(entry, via)) {
    aside_.push_back(entry);
    return false;
  }
  return true;
}

IngestResult FakeHost::IngestFrame(const v1::Frame& frame, const Spki& via) {
  IngestResult result;
  result.status = ingest_fails;
  auto instrument = InstrumentId::FromBytes(frame.instrument());
  auto entries = DecodeFrame(frame);
  if (result.status.ok() && !entries.ok()) result.status = entries.status();
  if (!result.status.ok()) return result;
  for (const std::string& note : frame.notes()) {
    if (!notes_[*instrument].contains(IdOfNote(note))) ++result.notes_new;
    AddNote(*instrument, note);
  }
  for (const ledger::Entry& entry : *entries) {
    if (held_.contains(entry.id)) {
      ++repeated_;
      ++result.entries_held;
    } else if (Accept(entry, via)) {
      ++result.entries_new;
    } else {
      aside_.push_back(entry);
      ++result.entries_aside;
    }
  }
  RetryAside(via);
  result.frontier_digest = FrontierDigest(*instrument);
  return result;
}

std::vector<InstrumentId> FakeHost::CommonInstruments(const Spki& peer) {
  std::vector<InstrumentId> common;
  for (const auto& [instrument, access] : access_[peer]) {
    if (access != Access::kNone) common.push_back(instrument);
  }
  return common;
}

Access FakeHost::AccessOf(const Spki& peer, const InstrumentId& instrument) {
  auto at = access_[peer].find(instrument);
  return at == access_[peer].end() ? Access::kNone : at->second;
}

base::Digest FakeHost::AuthorityDigest(const InstrumentId& instrument) {
  std::string all;
  for (const auto& [id, text] : notes_[instrument]) all += id.str();
  return crypto::Sha256(all);
}

std::vector<NoteId> FakeHost::Leaves(const InstrumentId& instrument) {
  std::vector<NoteId> leaves;
  for (const auto& [id, text] : notes_[instrument]) leaves.push_back(id);
  return leaves;
}

std::vector<std::string> FakeHost::MissingFor(const InstrumentId& instrument,
                                              const std::vector<NoteId>& leaves,
                                              const std::vector<NoteId>&) {
  std::vector<std::string> files;
  for (const auto& [id, text] : notes_[instrument]) {
    if (std::find(leaves.begin(), leaves.end(), id) == leaves.end()) files.push_back(text);
  }
  return files;
}

std::vector<PublicKey> FakeHost::KeyOrder(const InstrumentId& instrument) {
  std::vector<PublicKey> keys;
  for (const auto& [id, text] : notes_[instrument]) {
    if (text.rfind("enrols ", 0) == 0) keys.push_back(*PublicKey::FromHex(text.substr(7)));
  }
  return keys;
}

absl::StatusOr<std::vector<EntryId>> FakeHost::IdsAt(const FeedKey& feed, uint64_t sequence) {
  ++ids_asked_;
  std::vector<EntryId> ids;
  for (const auto& [id, entry] : feeds_[feed]) {
    if (entry.header.sequence == sequence) ids.push_back(id);
  }
  return ids;
}

absl::StatusOr<std::unique_ptr<EntryCursor>> FakeHost::ReadPath(const FeedKey& feed,
                                                                const EntryRef& tip,
                                                                const std::vector<EntryRef>& have) {
  auto& entries = feeds_[feed];
  std::set<EntryId> known;
  for (const EntryRef& entry : have) {
    for (auto at = entries.find(entry.id); at != entries.end();) {
      if (!known.insert(at->first).second) break;
      at = entries.find(at->second.header.previous);
    }
  }
  std::vector<ledger::Entry> path;
  for (auto at = entries.find(tip.id); at != entries.end() && !known.contains(at->first);) {
    path.push_back(at->second);
    at = entries.find(at->second.header.previous);
  }
  std::reverse(path.begin(), path.end());
  return std::make_unique<ListCursor>(std::move(path));
}

std::vector<Bookmark> FakeHost::BookmarksWith(const Spki& peer, const InstrumentId& instrument) {
  return bookmarks_[{peer, instrument}];
}

void FakeHost::KeepBookmark(const Spki& peer, const InstrumentId& instrument,
                            const Bookmark& bookmark) {
  constexpr size_t kKept = 2;
  std::vector<Bookmark>& kept = bookmarks_[{peer, instrument}];
  if (!kept.empty() && kept[0].frontier == bookmark.frontier) {
    if (bookmark.authority != base::Digest()) kept[0].authority = bookmark.authority;
    return;
  }
  kept.insert(kept.begin(), bookmark);
  if (kept.size() > kKept) kept.resize(kKept);
}

std::optional<Changes> FakeHost::ChangesSince(const InstrumentId& instrument, uint64_t after,
                                              const std::vector<FeedRef>& also, size_t max) {
  std::set<FeedRef> feeds;
  for (uint64_t n = after; n < arrivals_.size(); ++n) {
    if (arrivals_[n].entry.header.instrument == instrument)
      feeds.insert(FeedRef::Of(arrivals_[n].entry.feed()));
  }
  if (feeds.size() > max) return std::nullopt;
  feeds.insert(also.begin(), also.end());
  Changes changes;
  changes.frontier = FrontierDigest(instrument);
  for (const FeedRef& feed : feeds) {
    const Tips* tips = frontiers_[instrument].Find(feed);
    changes.feeds.emplace_back(feed, tips == nullptr ? Tips() : *tips);
  }
  return changes;
}

absl::StatusOr<std::unique_ptr<ArrivalCursor>> FakeHost::ReadArrivals(
    const InstrumentId& instrument, uint64_t after, const Spki& except) {
  std::vector<std::pair<uint64_t, ledger::Entry>> out;
  for (uint64_t n = after; n < arrivals_.size(); ++n) {
    const Arrival& arrival = arrivals_[n];
    if (arrival.entry.header.instrument != instrument || arrival.via == except) continue;
    out.emplace_back(n + 1, arrival.entry);
  }
  return std::make_unique<ArrivalList>(std::move(out), arrivals_.size());
}

}  // namespace entente::sync::testing
