// What goes first on the wire. A class never starts while a lower one is owed, in either direction
// of one instrument.
//
// A feed is a chain: an entry is of no use before its predecessors. So what is ordered is runs,
// stretches of one feed, and an entry travels with the earliest class of anything that stands
// behind it: the old entries below an urgent report go with the report, the ones above it wait.
// Within a feed the order is that of the feed, always.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "node/sync/frame/wire_class.h"
#include "node/sync/frontier/host.h"
#include "node/sync/frontier/plan.h"

namespace entente::sync {

inline constexpr size_t kLargePayload = 32 << 10;

// Entries with a deadline still to come, by feed and sequence: Unix milliseconds. From what the
// sender holds; it decides only the order.
using Deadlines = std::map<FeedRef, std::map<uint64_t, int64_t>>;

struct Run {
  Path path;
  WireClass wire_class = WireClass::kEntries;
  int64_t deadline = 0;  // of kDeadline

  // Sequences between the tip and the highest entry held: exact but for forks.
  uint64_t entries() const;
};

// The paths cut into runs, in the order they travel.
absl::StatusOr<std::vector<Run>> OrderRuns(std::vector<Path> paths, const Deadlines& deadlines,
                                           const IdsAtFn& ids_at);
// The same with the deadlines of the host: of a single feed too, since what has a deadline goes
// before what the other side has without one.
absl::StatusOr<std::vector<Run>> InOrder(Host& host, const InstrumentId& instrument,
                                         std::vector<Path> paths, const IdsAtFn& ids_at);
// What they would take on the wire: entries from their numbers, bytes from a sample of each class
// made into frames.
absl::StatusOr<Sizes> MeasureRuns(Host& host, const InstrumentId& instrument,
                                  const std::vector<Run>& runs);
// Runs in the order they travel; of one feed the order stays.
void SortRuns(std::vector<Run>& runs);

}  // namespace entente::sync
