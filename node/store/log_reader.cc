#include "node/store/log_reader.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"

namespace entente::store {

namespace {

absl::StatusOr<v1::FeedState> ParseFeed(absl::string_view value) {
  v1::FeedState state;
  if (!state.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return base::Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                       "a feed's row does not parse; restore from a backup or a peer");
  }
  return state;
}

absl::Status Missing(const EntryId& id) {
  return base::Error(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                     absl::StrCat("entry ", id.Short(), " is not held here"));
}

// A row that may be made anew by the next contact: one that cannot be read counts as none.
template <class Row>
Row RowOrNone(const storage::Snapshot& snapshot, const std::string& key) {
  Row row;
  auto stored = snapshot.Get(kMeta, key);
  if (!stored.ok() || !stored->has_value() || !row.ParseFromString(**stored)) row.Clear();
  return row;
}

}  // namespace

absl::StatusOr<std::optional<v1::FeedState>> LogReader::Feed(const FeedKey& feed) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot_->Get(kFeeds, feed.Encode()));
  if (!row) return std::optional<v1::FeedState>();
  ASSIGN_OR_RETURN(v1::FeedState state, ParseFeed(*row));
  return std::optional<v1::FeedState>(std::move(state));
}

absl::Status LogReader::ForEachFeed(
    const InstrumentId& instrument,
    const std::function<bool(const FeedKey&, const v1::FeedState&)>& visit) const {
  auto it = snapshot_->Scan(kFeeds, instrument.view());
  for (; it->Valid(); it->Next()) {
    auto key = FeedKey::Decode(it->key());
    if (!key) continue;
    ASSIGN_OR_RETURN(v1::FeedState state, ParseFeed(it->value()));
    if (!visit(*key, state)) return absl::OkStatus();
  }
  return it->status();
}

absl::StatusOr<ledger::Entry> LogReader::Get(const EntryPlace& place) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row,
                   snapshot_->Get(kEntries, EntryKey(place.feed, place.sequence, place.id)));
  if (!row) return Missing(place.id);
  return DecodeEntry(*row, place.id);
}

absl::StatusOr<std::optional<EntryPlace>> LogReader::Find(const EntryId& id) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot_->Get(kById, id.view()));
  if (!row || row->size() != 20) return std::optional<EntryPlace>();
  absl::string_view v = *row;
  return std::optional<EntryPlace>(EntryPlace{base::ReadU32(v), base::ReadU64(v.substr(4)), id});
}

absl::StatusOr<uint64_t> LogReader::ArrivalNumberOf(const EntryId& id) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot_->Get(kById, id.view()));
  if (!row || row->size() != 20) return uint64_t{0};
  return base::ReadU64(absl::string_view(*row).substr(12));
}

absl::StatusOr<std::optional<Arrival>> LogReader::ArrivalOf(const EntryId& id) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot_->Get(kById, id.view()));
  if (!row || row->size() != 20) return std::optional<Arrival>();
  const absl::string_view v = *row;
  const uint64_t number = base::ReadU64(v.substr(12));
  auto runs = snapshot_->Scan(kArrivals, "");
  runs->Seek(ArrivalKey(number));
  if (!runs->Valid()) {
    RETURN_IF_ERROR(runs->status());
    return std::optional<Arrival>();
  }
  return std::optional<Arrival>(Arrival{number,
                                        {base::ReadU32(v), base::ReadU64(v.substr(4)), id},
                                        ParseArrivalRun(runs->key(), runs->value()).via});
}

absl::StatusOr<std::vector<EntryId>> LogReader::IdsAt(uint32_t feed, uint64_t sequence) const {
  std::vector<EntryId> ids;
  auto it = snapshot_->Scan(kEntries, EntryPrefix(feed, sequence));
  for (; it->Valid(); it->Next()) ids.push_back(ParseEntryKey(it->key()).id);
  RETURN_IF_ERROR(it->status());
  return ids;
}

absl::StatusOr<ledger::EntryHeader> LogReader::Header(const EntryPlace& place) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row,
                   snapshot_->Get(kEntries, EntryKey(place.feed, place.sequence, place.id)));
  if (!row) return Missing(place.id);
  return DecodeEntryHeader(*row);
}

absl::Status LogReader::ForEachRow(
    uint32_t feed, uint64_t from_sequence,
    const std::function<bool(const EntryPlace&, absl::string_view row)>& visit) const {
  auto it = snapshot_->Scan(kEntries, EntryPrefix(feed));
  if (from_sequence > 1) it->Seek(EntryPrefix(feed, from_sequence));
  for (; it->Valid(); it->Next()) {
    if (!visit(ParseEntryKey(it->key()), it->value())) return absl::OkStatus();
  }
  return it->status();
}

absl::StatusOr<ledger::Verdict> LogReader::VerdictOf(const EntryPlace& place) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row,
                   snapshot_->Get(kStatus, EntryKey(place.feed, place.sequence, place.id)));
  if (row) return DecodeVerdict(*row);
  return ledger::Verdict{ledger::Status::kAdmitted, ledger::StatusReason::kNone};
}

absl::StatusOr<std::vector<EntryPlace>> LogReader::PlacesOf(const ArrivalRun& run,
                                                            uint64_t after) const {
  if (after >= run.last) return std::vector<EntryPlace>();
  const uint64_t wanted = std::min<uint64_t>(run.count, run.last - after);
  if (wanted == 1) return std::vector<EntryPlace>{run.place};
  const uint64_t first = run.place.sequence - wanted + 1;
  std::vector<EntryPlace> places;
  auto it = snapshot_->Scan(kEntries, EntryPrefix(run.place.feed));
  for (it->Seek(EntryPrefix(run.place.feed, first)); it->Valid(); it->Next()) {
    places.push_back(ParseEntryKey(it->key()));
    if (places.back().sequence > run.place.sequence) break;
  }
  RETURN_IF_ERROR(it->status());
  if (!places.empty() && places.back().sequence > run.place.sequence) places.pop_back();
  if (places.size() == wanted) return places;
  // The feed forked here: the run is the branch that ends in its last entry.
  places = {run.place};
  while (places.size() < wanted) {
    ASSIGN_OR_RETURN(ledger::EntryHeader header, Header(places.back()));
    places.push_back({run.place.feed, header.sequence - 1, header.previous});
  }
  std::reverse(places.begin(), places.end());
  return places;
}

absl::Status LogReader::ForEachArrival(uint64_t after,
                                       const std::function<bool(const Arrival&)>& visit) const {
  auto it = snapshot_->Scan(kArrivals, "");
  it->Seek(ArrivalKey(after + 1));
  for (; it->Valid(); it->Next()) {
    const ArrivalRun run = ParseArrivalRun(it->key(), it->value());
    ASSIGN_OR_RETURN(const std::vector<EntryPlace> places, PlacesOf(run, after));
    uint64_t number = run.last - places.size();
    for (const EntryPlace& place : places) {
      if (!visit({++number, place, run.via})) return absl::OkStatus();
    }
  }
  return it->status();
}

// False: the visitor wants no more.
absl::StatusOr<bool> LogReader::EachRowOfRun(const ArrivalRun& run, uint64_t after,
                                             const VisitArrivalRow& visit) const {
  uint64_t number = std::max(after, run.last - run.count) + 1;
  auto it = snapshot_->Scan(kEntries, EntryPrefix(run.place.feed));
  it->Seek(EntryPrefix(run.place.feed, run.place.sequence - (run.last - number)));
  std::string row;
  for (; it->Valid() && number <= run.last; ++number) {
    const EntryPlace place = ParseEntryKey(it->key());
    if (place.sequence != run.place.sequence - (run.last - number)) break;
    row.assign(it->value().data(), it->value().size());
    it->Next();
    if (it->Valid() && ParseEntryKey(it->key()).sequence == place.sequence) break;
    if (!visit({number, place, run.via}, row)) return false;
  }
  RETURN_IF_ERROR(it->status());
  if (number > run.last) return true;
  // The feed forked here: what is left of the run is found from its end.
  ASSIGN_OR_RETURN(const std::vector<EntryPlace> places, PlacesOf(run, number - 1));
  for (const EntryPlace& place : places) {
    ASSIGN_OR_RETURN(auto stored,
                     snapshot_->Get(kEntries, EntryKey(place.feed, place.sequence, place.id)));
    if (!stored) return Missing(place.id);
    if (!visit({number++, place, run.via}, *stored)) return false;
  }
  return true;
}

absl::Status LogReader::ForEachArrivalRow(uint64_t after, const VisitArrivalRow& visit) const {
  auto it = snapshot_->Scan(kArrivals, "");
  it->Seek(ArrivalKey(after + 1));
  for (; it->Valid(); it->Next()) {
    ASSIGN_OR_RETURN(const bool goes_on,
                     EachRowOfRun(ParseArrivalRun(it->key(), it->value()), after, visit));
    if (!goes_on) return absl::OkStatus();
  }
  return it->status();
}

absl::StatusOr<std::optional<EntryPlace>> LogReader::AtArrival(uint64_t number) const {
  auto it = snapshot_->Scan(kArrivals, "");
  it->Seek(ArrivalKey(number));
  if (!it->Valid()) {
    RETURN_IF_ERROR(it->status());
    return std::optional<EntryPlace>();
  }
  const ArrivalRun run = ParseArrivalRun(it->key(), it->value());
  if (number == 0 || run.last - number >= run.count) return std::optional<EntryPlace>();
  if (number == run.last) return std::optional<EntryPlace>(run.place);
  const uint64_t sequence = run.place.sequence - (run.last - number);
  ASSIGN_OR_RETURN(const std::vector<EntryId> ids, IdsAt(run.place.feed, sequence));
  if (ids.size() == 1)
    return std::optional<EntryPlace>(EntryPlace{run.place.feed, sequence, ids.front()});
  ASSIGN_OR_RETURN(const std::vector<EntryPlace> places, PlacesOf(run, number - 1));
  return std::optional<EntryPlace>(places.front());
}

v1::Bookmarks LogReader::BookmarksWith(const base::Spki& peer,
                                       const InstrumentId& instrument) const {
  return RowOrNone<v1::Bookmarks>(*snapshot_, BookmarkKey(peer, instrument));
}

v1::SharedNotes LogReader::SharedNotesWith(const base::Spki& peer,
                                           const InstrumentId& instrument) const {
  return RowOrNone<v1::SharedNotes>(*snapshot_, SharedNotesKey(peer, instrument));
}

absl::StatusOr<uint64_t> LogReader::HeldThrough(const base::Spki& peer,
                                                const InstrumentId& instrument) const {
  ASSIGN_OR_RETURN(auto row, snapshot_->Get(kMeta, HeldKey(peer, instrument)));
  const uint64_t pushed = ParseHeld(row.value_or(""));
  const v1::Bookmarks bookmarks = BookmarksWith(peer, instrument);
  return bookmarks.bookmarks().empty() ? pushed
                                       : std::max(pushed, bookmarks.bookmarks(0).arrival());
}

}  // namespace entente::store
