#include "node/query/desk/lag.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "node/base/status_macros.h"
#include "node/store/told_tips.h"

namespace entente::query {

namespace {

// What one peer is known to hold of one instrument.
struct Mark {
  uint64_t held = 0;  // up to this arrival number
  store::Via via;
  uint64_t* behind = nullptr;
  // What it told otherwise; read when an arrival has to be decided by it.
  base::Spki node;
  std::optional<base::DelegationId> party;
  bool asked = false;
  std::unique_ptr<store::ToldTips> told;  // null: nothing
};

struct Marks {
  std::vector<Mark> peers;
  uint64_t best = 0;  // of all peers
  uint64_t* unsynced = nullptr;
};

struct Place {
  Marks* marks;
  ledger::FeedKey feed;
};

absl::StatusOr<Marks> MarksOf(const store::LogReader& log, const store::Published& published,
                              const base::InstrumentId& instrument, const base::Spki& self,
                              Lags& lags) {
  Marks marks;
  marks.unsynced = &lags.unsynced[instrument];
  for (const auto& [spki, access] : *published.nodes) {
    if (spki == self) continue;
    if (published.AccessOf(spki, instrument) != store::NodeAccess::kEntries) continue;
    Mark mark{.via = store::ViaOf(spki), .behind = &lags.behind[spki], .node = spki};
    ASSIGN_OR_RETURN(mark.held, log.HeldThrough(spki, instrument));
    mark.party = published.DelegationOfNode(spki, instrument);
    marks.best = std::max(marks.best, mark.held);
    marks.peers.push_back(std::move(mark));
  }
  return marks;
}

absl::StatusOr<bool> Told(const store::LogReader& log, const store::Arrival& arrival,
                          const ledger::FeedKey& feed, Mark& mark) {
  if (!std::exchange(mark.asked, true) && mark.party) {
    ASSIGN_OR_RETURN(std::string tips,
                     store::ReadToldTips(log.snapshot(), feed.instrument, *mark.party, mark.node));
    if (!tips.empty()) mark.told = std::make_unique<store::ToldTips>(&log, std::move(tips));
  }
  if (!mark.told) return false;
  return mark.told->Cover(feed, arrival.place);
}

absl::Status Count(const store::LogReader& log, const store::Arrival& arrival, const Place& at) {
  bool elsewhere = arrival.via != store::LocalVia() || arrival.number <= at.marks->best;
  for (Mark& mark : at.marks->peers) {
    if (arrival.number <= mark.held || arrival.via == mark.via) continue;
    ASSIGN_OR_RETURN(const bool told, Told(log, arrival, at.feed, mark));
    elsewhere |= told;
    *mark.behind += !told;
  }
  *at.marks->unsynced += !elsewhere;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Lags> CountLags(const storage::Snapshot& snapshot, const store::Published& published,
                               const base::Spki& self) {
  const store::LogReader log(&snapshot);
  Lags lags;
  std::vector<std::unique_ptr<Marks>> instruments;
  std::map<uint32_t, Place> by_feed;  // this store's feed number
  std::optional<uint64_t> oldest;
  for (const base::InstrumentId& instrument : published.instruments) {
    ASSIGN_OR_RETURN(Marks marks, MarksOf(log, published, instrument, self, lags));
    uint64_t from = marks.best;
    for (const Mark& mark : marks.peers) from = std::min(from, mark.held);
    oldest = std::min(oldest.value_or(from), from);
    instruments.push_back(std::make_unique<Marks>(std::move(marks)));
    RETURN_IF_ERROR(
        log.ForEachFeed(instrument, [&](const ledger::FeedKey& feed, const v1::FeedState& state) {
          by_feed.emplace(state.number(), Place{instruments.back().get(), feed});
          return true;
        }));
  }
  if (!oldest) return lags;
  absl::Status failed;
  RETURN_IF_ERROR(log.ForEachArrival(*oldest, [&](const store::Arrival& arrival) {
    const auto at = by_feed.find(arrival.place.feed);
    if (at != by_feed.end()) failed = Count(log, arrival, at->second);
    return failed.ok();
  }));
  RETURN_IF_ERROR(failed);
  return lags;
}

}  // namespace entente::query
