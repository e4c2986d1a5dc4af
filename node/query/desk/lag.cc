#include "node/query/desk/lag.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "node/base/status_macros.h"

namespace entente::query {

namespace {

// One peer's mark in one instrument.
struct Mark {
  uint64_t held = 0;
  store::Via via;
  uint64_t* behind = nullptr;
};

struct Marks {
  std::vector<Mark> peers;
  uint64_t best = 0;  // of all peers
  uint64_t* unsynced = nullptr;
};

absl::StatusOr<Marks> MarksOf(const store::LogReader& log, const store::Published& published,
                              const base::InstrumentId& instrument, const base::Spki& self,
                              Lags& lags) {
  Marks marks;
  marks.unsynced = &lags.unsynced[instrument];
  for (const auto& [spki, access] : *published.nodes) {
    if (spki == self) continue;
    if (published.AccessOf(spki, instrument) != store::NodeAccess::kEntries) continue;
    ASSIGN_OR_RETURN(const uint64_t held, log.HeldThrough(spki, instrument));
    marks.peers.push_back({held, store::ViaOf(spki), &lags.behind[spki]});
    marks.best = std::max(marks.best, held);
  }
  return marks;
}

}  // namespace

absl::StatusOr<Lags> CountLags(const storage::Snapshot& snapshot, const store::Published& published,
                               const base::Spki& self) {
  const store::LogReader log(&snapshot);
  Lags lags;
  std::vector<Marks> instruments;
  std::map<uint32_t, size_t> by_feed;  // this store's feed number -> place in `instruments`
  std::optional<uint64_t> oldest;
  for (const base::InstrumentId& instrument : published.instruments) {
    ASSIGN_OR_RETURN(Marks marks, MarksOf(log, published, instrument, self, lags));
    uint64_t from = marks.best;
    for (const Mark& mark : marks.peers) from = std::min(from, mark.held);
    oldest = std::min(oldest.value_or(from), from);
    RETURN_IF_ERROR(
        log.ForEachFeed(instrument, [&](const ledger::FeedKey&, const v1::FeedState& state) {
          by_feed[state.number()] = instruments.size();
          return true;
        }));
    instruments.push_back(std::move(marks));
  }
  if (!oldest) return lags;
  RETURN_IF_ERROR(log.ForEachArrival(*oldest, [&](const store::Arrival& arrival) {
    auto feed = by_feed.find(arrival.place.feed);
    if (feed == by_feed.end()) return true;
    const Marks& marks = instruments[feed->second];
    if (arrival.via == store::LocalVia() && arrival.number > marks.best) ++*marks.unsynced;
    for (const Mark& mark : marks.peers) {
      if (arrival.number > mark.held && arrival.via != mark.via) ++*mark.behind;
    }
    return true;
  }));
  return lags;
}

}  // namespace entente::query
