#include "node/store/told_tips.h"

#include <algorithm>
#include <utility>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::store {

namespace {

constexpr size_t kFeedBytes = 36;  // key[32] incarnation[4]
constexpr size_t kToldTipBytes = 76;

}  // namespace

std::string BasisKey(const InstrumentId& instrument, const base::DelegationId& party) {
  return kMetaBasis + instrument.str() + party.str();
}

std::string BasisTipsKey(const InstrumentId& instrument, const base::DelegationId& party,
                         uint32_t row) {
  std::string key = kMetaBasisTips + instrument.str() + party.str();
  base::AppendU32(key, row);
  return key;
}

absl::StatusOr<std::optional<v1::BasisRecord>> ReadBasis(const storage::Snapshot& snapshot,
                                                         const InstrumentId& instrument,
                                                         const base::DelegationId& party) {
  ASSIGN_OR_RETURN(const auto row, snapshot.Get(kMeta, BasisKey(instrument, party)));
  v1::BasisRecord record;
  if (!row || !record.ParseFromString(*row)) return std::optional<v1::BasisRecord>();
  return std::optional<v1::BasisRecord>(std::move(record));
}

absl::StatusOr<std::optional<v1::BasisRecord>> ReadBasisOf(const storage::Snapshot& snapshot,
                                                           const InstrumentId& instrument,
                                                           const base::DelegationId& party,
                                                           const base::Spki& node) {
  ASSIGN_OR_RETURN(auto record, ReadBasis(snapshot, instrument, party));
  if (record && record->node() != node.view()) record.reset();
  return record;
}

absl::StatusOr<std::string> ReadBasisTips(const storage::Snapshot& snapshot,
                                          const InstrumentId& instrument,
                                          const base::DelegationId& party,
                                          const v1::BasisRecord& record) {
  std::string tips;
  for (uint32_t i = 0; i < record.tip_rows(); ++i) {
    ASSIGN_OR_RETURN(const auto row, snapshot.Get(kMeta, BasisTipsKey(instrument, party, i)));
    if (row) tips += *row;
  }
  return tips;
}

absl::StatusOr<std::string> ReadToldTips(const storage::Snapshot& snapshot,
                                         const InstrumentId& instrument,
                                         const base::DelegationId& party, const base::Spki& node) {
  std::string tips;
  ASSIGN_OR_RETURN(const auto file, ReadBasisOf(snapshot, instrument, party, node));
  if (file) {
    ASSIGN_OR_RETURN(tips, ReadBasisTips(snapshot, instrument, party, *file));
  }
  ASSIGN_OR_RETURN(const auto acknowledged, snapshot.Get(kMeta, AcknowledgedKey(node, instrument)));
  return tips + acknowledged.value_or("");
}

ToldTips::ToldTips(const LogReader* log, std::string tips) : log_(*log), bytes_(std::move(tips)) {
  const absl::string_view all = bytes_;
  tips_.reserve(all.size() / kToldTipBytes);
  for (size_t at = 0; at + kToldTipBytes <= all.size(); at += kToldTipBytes) {
    tips_.push_back(all.substr(at, kToldTipBytes));
  }
  if (!std::is_sorted(tips_.begin(), tips_.end())) std::sort(tips_.begin(), tips_.end());
}

absl::StatusOr<ToldTips::Told*> ToldTips::Of(const FeedKey& feed) {
  auto [it, fresh] = feeds_.try_emplace(feed);
  Told& told = it->second;
  if (!fresh) return &told;
  ASSIGN_OR_RETURN(const auto state, log_.Feed(feed));
  if (!state) return &told;
  told.number = state->number();
  told.forked = state->tips_size() > 1;
  std::string prefix = feed.key.str();
  base::AppendU32(prefix, feed.incarnation);
  auto tip = std::lower_bound(tips_.begin(), tips_.end(), absl::string_view(prefix));
  for (; tip != tips_.end() && tip->substr(0, kFeedBytes) == prefix; ++tip) {
    const uint64_t sequence = base::ReadU64(tip->substr(kFeedBytes));
    const EntryId id = *EntryId::FromBytes(tip->substr(kFeedBytes + 8));
    ASSIGN_OR_RETURN(const auto place, log_.Find(id));
    if (!place || place->feed != told.number || place->sequence != sequence) continue;
    told.through = std::max(told.through, sequence);
    told.lines.push_back({sequence, id});
    told.passed.insert(id);
  }
  return &told;
}

absl::Status ToldTips::WalkTo(uint64_t sequence, Told& told, Line& line) {
  while (line.sequence > sequence) {
    ASSIGN_OR_RETURN(const ledger::EntryHeader header,
                     log_.Header({told.number, line.sequence, line.id}));
    line = {line.sequence - 1, header.previous};
    // Another line came by here, and goes on.
    if (!told.passed.insert(line.id).second) line.sequence = 0;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ToldTips::Cover(const FeedKey& feed, const EntryPlace& place) {
  ASSIGN_OR_RETURN(Told * told, Of(feed));
  if (!told->forked) return place.sequence <= told->through;
  for (Line& line : told->lines) RETURN_IF_ERROR(WalkTo(place.sequence, *told, line));
  return told->passed.contains(place.id);
}

absl::StatusOr<uint64_t> ToldThrough(const LogReader& log, const InstrumentId& instrument,
                                     const base::Spki& node, uint64_t from, ToldTips& told) {
  std::map<uint32_t, FeedKey> feeds;
  RETURN_IF_ERROR(log.ForEachFeed(instrument, [&](const FeedKey& feed, const v1::FeedState& state) {
    feeds.emplace(state.number(), feed);
    return true;
  }));
  const Via via = ViaOf(node);
  uint64_t through = from;
  absl::Status failed;
  RETURN_IF_ERROR(log.ForEachArrival(from, [&](const Arrival& arrival) {
    const auto feed = feeds.find(arrival.place.feed);
    if (feed != feeds.end() && arrival.via != via) {
      const absl::StatusOr<bool> covered = told.Cover(feed->second, arrival.place);
      failed = covered.status();
      if (!failed.ok() || !*covered) return false;
    }
    through = arrival.number;
    return true;
  }));
  RETURN_IF_ERROR(failed);
  return through;
}

}  // namespace entente::store
