#include "node/sync/frame/order.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "node/base/status_macros.h"

namespace entente::sync {

namespace {

uint64_t HighestHeld(const Path& path) {
  uint64_t highest = 0;
  for (const EntryRef& held : path.have) highest = std::max(highest, held.sequence);
  return highest;
}

// A last sequence and the deadline all up to it travel under: the earliest of what stands behind.
struct Cut {
  uint64_t sequence = 0;
  int64_t deadline = 0;
};

// Ascending; every deadline is later than the one before.
std::vector<Cut> CutsOf(const std::map<uint64_t, int64_t>& deadlines, uint64_t after,
                        uint64_t tip) {
  std::vector<Cut> cuts;
  int64_t earliest = std::numeric_limits<int64_t>::max();
  for (auto at = deadlines.upper_bound(tip); at != deadlines.begin();) {
    --at;
    if (at->first <= after) break;
    if (at->second >= earliest) continue;
    earliest = at->second;
    cuts.push_back({at->first, earliest});
  }
  std::reverse(cuts.begin(), cuts.end());
  return cuts;
}

absl::Status CutPath(Path path, const std::vector<Cut>& cuts, const IdsAtFn& ids_at,
                     std::vector<Run>& runs) {
  std::vector<EntryRef> ends;
  for (const Cut& cut : cuts) {
    ASSIGN_OR_RETURN(std::vector<EntryId> ids, ids_at(path.feed, cut.sequence));
    if (ids.size() != 1 || path.have.size() > 1) {
      // Branches: where the urgent entry stands is not worth finding out; all goes as early as it.
      runs.push_back({std::move(path), WireClass::kDeadline, cuts.front().deadline});
      return absl::OkStatus();
    }
    ends.push_back({cut.sequence, ids[0]});
  }
  for (size_t i = 0; i < cuts.size(); ++i) {
    runs.push_back({{path.feed, ends[i], path.have}, WireClass::kDeadline, cuts[i].deadline});
    path.have = {ends[i]};
  }
  if (ends.empty() || ends.back() != path.tip) runs.push_back({std::move(path)});
  return absl::OkStatus();
}

}  // namespace

uint64_t Run::entries() const {
  return path.tip.sequence - std::min(path.tip.sequence, HighestHeld(path));
}

void SortRuns(std::vector<Run>& runs) {
  std::stable_sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) {
    return std::tie(a.wire_class, a.deadline) < std::tie(b.wire_class, b.deadline);
  });
}

absl::StatusOr<std::vector<Run>> OrderRuns(std::vector<Path> paths, const Deadlines& deadlines,
                                           const IdsAtFn& ids_at) {
  std::vector<Run> runs;
  for (Path& path : paths) {
    std::vector<Cut> cuts;
    if (auto feed = deadlines.find(path.feed); feed != deadlines.end())
      cuts = CutsOf(feed->second, HighestHeld(path), path.tip.sequence);
    RETURN_IF_ERROR(CutPath(std::move(path), cuts, ids_at, runs));
  }
  SortRuns(runs);
  return runs;
}

absl::StatusOr<std::vector<Run>> InOrder(Host& host, const InstrumentId& instrument,
                                         std::vector<Path> paths, const IdsAtFn& ids_at) {
  const Deadlines deadlines = paths.empty() ? Deadlines() : host.DeadlinesIn(instrument);
  return OrderRuns(std::move(paths), deadlines, ids_at);
}

}  // namespace entente::sync
