#include "node/driver/sync_host.h"

#include <algorithm>
#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/register/head.h"
#include "node/store/log_reader.h"

namespace entente::driver {

using sync::EntryRef;
using SharedSnapshot = std::shared_ptr<const storage::Snapshot>;

std::string SyncHost::StoreId() { return sources_.published()->store_id; }

std::vector<base::InstrumentId> SyncHost::CommonInstruments(const base::Spki& peer) {
  const store::PublishedPtr published = sources_.published();
  std::vector<base::InstrumentId> out;
  for (const base::InstrumentId& instrument : published->instruments) {
    if (published->AccessOf(peer, instrument) != store::NodeAccess::kNone)
      out.push_back(instrument);
  }
  return out;
}

sync::Access SyncHost::AccessOf(const base::Spki& peer, const base::InstrumentId& instrument) {
  switch (sources_.published()->AccessOf(peer, instrument)) {
    case store::NodeAccess::kEntries:
      return sync::Access::kEntries;
    case store::NodeAccess::kAuthority:
      return sync::Access::kAuthority;
    case store::NodeAccess::kNone:
      break;
  }
  return sync::Access::kNone;
}

uint64_t SyncHost::AuthorityGeneration() { return sources_.published()->authority.generation(); }

base::Digest SyncHost::AuthorityDigest(const base::InstrumentId& instrument) {
  const store::PublishedPtr published = sources_.published();
  auto it = published->figures.find(instrument);
  return it == published->figures.end() ? published->authority.AuthorityDigest(instrument)
                                        : it->second.authority_digest;
}

std::vector<base::NoteId> SyncHost::Leaves(const base::InstrumentId& instrument) {
  return sources_.published()->authority.Leaves(instrument);
}

std::vector<base::NoteId> SyncHost::SuspendIds(const base::InstrumentId& instrument) {
  return sources_.published()->authority.SuspendIds(instrument);
}

std::vector<std::string> SyncHost::MissingFor(const base::InstrumentId& instrument,
                                              const std::vector<base::NoteId>& leaves,
                                              const std::vector<base::NoteId>& suspends) {
  return sources_.published()->authority.MissingFor(instrument, leaves, suspends);
}

std::vector<base::PublicKey> SyncHost::KeyOrder(const base::InstrumentId& instrument) {
  return sources_.published()->authority.KeyOrder(instrument);
}

base::Digest SyncHost::FrontierDigest(const base::InstrumentId& instrument) {
  const store::PublishedPtr published = sources_.published();
  auto it = published->figures.find(instrument);
  return it == published->figures.end() ? sync::Frontier().Digest() : it->second.frontier_digest;
}

std::string SyncHost::RegisterState(const base::InstrumentId& instrument) {
  const store::PublishedPtr published = sources_.published();
  auto it = published->registers.find(instrument);
  return it == published->registers.end() ? std::string() : it->second->state;
}

uint64_t SyncHost::FeedCount(const base::InstrumentId& instrument) {
  const store::PublishedPtr published = sources_.published();
  auto it = published->figures.find(instrument);
  return it == published->figures.end() ? 0 : it->second.feeds;
}

std::shared_ptr<const sync::Frontier> SyncHost::FrontierOf(const base::InstrumentId& instrument) {
  return sources_.frontier(instrument);
}

absl::StatusOr<std::vector<base::EntryId>> SyncHost::IdsAt(const ledger::FeedKey& feed,
                                                           uint64_t sequence) {
  auto snapshot = sources_.snapshot();
  const store::LogReader log(snapshot.get());
  ASSIGN_OR_RETURN(std::optional<v1::FeedState> state, log.Feed(feed));
  if (!state) return std::vector<base::EntryId>();
  return log.IdsAt(state->number(), sequence);
}

sync::Deadlines SyncHost::DeadlinesIn(const base::InstrumentId& instrument) {
  return sources_.deadlines ? sources_.deadlines(instrument) : sync::Deadlines();
}

uint64_t SyncHost::NewestArrival() { return sources_.published()->newest_arrival; }

namespace {

// Rows of a feed that is one line: no walk, one seek.
class LineCursor final : public sync::EntryCursor {
 public:
  LineCursor(SharedSnapshot snapshot, uint32_t feed, uint64_t from, uint64_t to)
      : snapshot_(std::move(snapshot)),
        rows_(snapshot_->ScanOn(store::kEntries, store::EntryPrefix(feed))),
        to_(to) {
    if (from > 1) rows_->Seek(store::EntryPrefix(feed, from));
  }

  absl::StatusOr<std::optional<ledger::Entry>> Next() override {
    if (!rows_->Valid()) {
      RETURN_IF_ERROR(rows_->status());
      return std::optional<ledger::Entry>();
    }
    const store::EntryPlace place = store::ParseEntryKey(rows_->key());
    if (place.sequence > to_) return std::optional<ledger::Entry>();
    ASSIGN_OR_RETURN(ledger::Entry entry, store::DecodeUnhashed(rows_->value(), place.id));
    rows_->Next();
    return std::optional<ledger::Entry>(std::move(entry));
  }

 private:
  SharedSnapshot snapshot_;
  std::unique_ptr<storage::Iterator> rows_;
  uint64_t to_;
};

// A named list of entries: one branch of a forked feed.
class ListCursor final : public sync::EntryCursor {
 public:
  ListCursor(SharedSnapshot snapshot, std::vector<store::EntryPlace> places)
      : snapshot_(std::move(snapshot)), places_(std::move(places)) {}

  absl::StatusOr<std::optional<ledger::Entry>> Next() override {
    if (next_ == places_.size()) return std::optional<ledger::Entry>();
    ASSIGN_OR_RETURN(ledger::Entry entry, store::LogReader(snapshot_.get()).Get(places_[next_++]));
    return std::optional<ledger::Entry>(std::move(entry));
  }

 private:
  SharedSnapshot snapshot_;
  std::vector<store::EntryPlace> places_;
  size_t next_ = 0;
};

absl::StatusOr<EntryRef> Before(const store::LogReader& log, uint32_t feed, const EntryRef& entry) {
  if (entry.sequence <= 1) return EntryRef{};
  ASSIGN_OR_RETURN(ledger::EntryHeader header, log.Header({feed, entry.sequence, entry.id}));
  return EntryRef{entry.sequence - 1, header.previous};
}

// The branch from `tip` back to where it meets a path of `have`, oldest first.
absl::StatusOr<std::vector<store::EntryPlace>> Branch(const store::LogReader& log, uint32_t feed,
                                                      EntryRef at, std::vector<EntryRef> have) {
  std::vector<store::EntryPlace> out;
  while (at.sequence > 0) {
    for (EntryRef& held : have) {
      while (held.sequence > at.sequence) {
        ASSIGN_OR_RETURN(held, Before(log, feed, held));
      }
    }
    if (std::find(have.begin(), have.end(), at) != have.end()) break;
    out.push_back({feed, at.sequence, at.id});
    ASSIGN_OR_RETURN(at, Before(log, feed, at));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

class ArrivalRows final : public sync::ArrivalCursor {
 public:
  ArrivalRows(SharedSnapshot snapshot, const base::InstrumentId& instrument, uint64_t after,
              store::Via except)
      : snapshot_(std::move(snapshot)),
        rows_(snapshot_->Scan(store::kArrivals, "")),
        instrument_(instrument),
        except_(std::move(except)),
        through_(after) {
    rows_->Seek(store::ArrivalKey(after + 1));
  }

  absl::StatusOr<std::optional<ledger::Entry>> Next() override {
    const store::LogReader log(snapshot_.get());
    while (true) {
      while (next_ < run_.size()) {
        ++through_;
        ASSIGN_OR_RETURN(ledger::Entry entry, log.Get(run_[next_++]));
        if (entry.header.instrument == instrument_)
          return std::optional<ledger::Entry>(std::move(entry));
        // The rest of the run is of the same feed.
        through_ += run_.size() - next_;
        next_ = run_.size();
      }
      if (!rows_->Valid()) {
        RETURN_IF_ERROR(rows_->status());
        return std::optional<ledger::Entry>();
      }
      RETURN_IF_ERROR(TakeRun(log));
    }
  }
  uint64_t through() const override { return through_; }

 private:
  // REQUIRES: a row to take it from.
  absl::Status TakeRun(const store::LogReader& log) {
    const store::ArrivalRun run = store::ParseArrivalRun(rows_->key(), rows_->value());
    rows_->Next();
    next_ = 0;
    run_.clear();
    if (run.via == except_) {
      through_ = run.last;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(run_, log.PlacesOf(run, through_));
    through_ = run.last - run_.size();
    return absl::OkStatus();
  }

  SharedSnapshot snapshot_;
  std::unique_ptr<storage::Iterator> rows_;
  base::InstrumentId instrument_;
  store::Via except_;
  std::vector<store::EntryPlace> run_;  // from next_ on: not given yet
  size_t next_ = 0;
  uint64_t through_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<sync::EntryCursor>> SyncHost::ReadPath(
    const ledger::FeedKey& feed, const EntryRef& tip, const std::vector<EntryRef>& have) {
  SharedSnapshot snapshot = sources_.snapshot();
  const store::LogReader log(snapshot.get());
  ASSIGN_OR_RETURN(std::optional<v1::FeedState> state, log.Feed(feed));
  if (!state) {
    return base::Error(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                       "no entry of this feed is held here");
  }
  if (state->tips_size() == 1) {
    uint64_t from = 1;
    for (const EntryRef& held : have) from = std::max(from, held.sequence + 1);
    return std::unique_ptr<sync::EntryCursor>(
        std::make_unique<LineCursor>(std::move(snapshot), state->number(), from, tip.sequence));
  }
  ASSIGN_OR_RETURN(std::vector<store::EntryPlace> branch, Branch(log, state->number(), tip, have));
  return std::unique_ptr<sync::EntryCursor>(
      std::make_unique<ListCursor>(std::move(snapshot), std::move(branch)));
}

absl::StatusOr<std::unique_ptr<sync::ArrivalCursor>> SyncHost::ReadArrivals(
    const base::InstrumentId& instrument, uint64_t after, const base::Spki& except) {
  return std::unique_ptr<sync::ArrivalCursor>(
      std::make_unique<ArrivalRows>(sources_.snapshot(), instrument, after, store::ViaOf(except)));
}

sync::Bookmark SyncHost::Here(const base::InstrumentId& instrument) {
  const store::PublishedPtr published = sources_.published();
  auto it = published->figures.find(instrument);
  return {it == published->figures.end() ? sync::Frontier().Digest() : it->second.frontier_digest,
          published->newest_arrival};
}

std::vector<sync::Bookmark> SyncHost::BookmarksWith(const base::Spki& peer,
                                                    const base::InstrumentId& instrument) {
  std::vector<sync::Bookmark> out;
  const auto snapshot = sources_.snapshot();
  // Without one the exchange takes the longer way.
  const v1::Bookmarks row = store::LogReader(snapshot.get()).BookmarksWith(peer, instrument);
  for (const v1::Bookmark& bookmark : row.bookmarks()) {
    auto digest = base::Digest::FromBytes(bookmark.frontier_digest());
    auto authority = base::Digest::FromBytes(bookmark.authority_digest());
    if (digest) out.push_back({*digest, bookmark.arrival(), authority.value_or(base::Digest())});
  }
  return out;
}

void SyncHost::KeepBookmark(const base::Spki& peer, const base::InstrumentId& instrument,
                            const sync::Bookmark& bookmark) {
  const std::vector<sync::Bookmark> kept = BookmarksWith(peer, instrument);
  const bool same_notes = bookmark.authority == base::Digest() ||
                          (!kept.empty() && kept[0].authority == bookmark.authority);
  if (!kept.empty() && kept[0].frontier == bookmark.frontier && same_notes) return;
  if (sources_.keep) sources_.keep(peer, instrument, bookmark);
}

void SyncHost::KeepAcknowledged(const base::Spki& peer, const base::InstrumentId& instrument,
                                const std::vector<sync::FeedTip>& tips) {
  if (sources_.keep_acknowledged) sources_.keep_acknowledged(peer, instrument, tips);
}

std::optional<sync::Changes> SyncHost::ChangesSince(const base::InstrumentId& instrument,
                                                    uint64_t after,
                                                    const std::vector<sync::FeedRef>& also,
                                                    size_t max) {
  if (!sources_.changes) return std::nullopt;
  return sources_.changes(instrument, after, also, max);
}

}  // namespace entente::driver
