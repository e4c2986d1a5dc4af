#include "node/store/log_reader.h"

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
  if (!row) {
    return base::Error(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                       absl::StrCat("entry ", place.id.Short(), " is not held here"));
  }
  return DecodeEntry(*row, place.id);
}

absl::StatusOr<std::optional<EntryPlace>> LogReader::Find(const EntryId& id) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot_->Get(kById, id.view()));
  if (!row || row->size() != 20) return std::optional<EntryPlace>();
  absl::string_view v = *row;
  return std::optional<EntryPlace>(EntryPlace{base::ReadU32(v), base::ReadU64(v.substr(4)), id});
}

absl::StatusOr<std::optional<Arrival>> LogReader::ArrivalOf(const EntryId& id) const {
  ASSIGN_OR_RETURN(std::optional<std::string> row, snapshot_->Get(kById, id.view()));
  if (!row || row->size() != 20) return std::optional<Arrival>();
  const std::string key = row->substr(12);
  ASSIGN_OR_RETURN(std::optional<std::string> arrival, snapshot_->Get(kArrivals, key));
  if (!arrival) return std::optional<Arrival>();
  return std::optional<Arrival>(ParseArrival(key, *arrival));
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
  if (!row) {
    return base::Error(absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
                       absl::StrCat("entry ", place.id.Short(), " is not held here"));
  }
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

absl::Status LogReader::ForEachArrival(uint64_t after,
                                       const std::function<bool(const Arrival&)>& visit) const {
  auto it = snapshot_->Scan(kArrivals, "");
  it->Seek(ArrivalKey(after + 1));
  for (; it->Valid(); it->Next()) {
    if (!visit(ParseArrival(it->key(), it->value()))) return absl::OkStatus();
  }
  return it->status();
}

}  // namespace entente::store
