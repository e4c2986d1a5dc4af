// Reports of rounds whose deadline is still to come: what is urgent on a bad link.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "node/ledger/entry.h"
#include "node/query/view/views.h"

namespace entente::query {

struct Due {
  ledger::FeedKey feed;
  uint64_t sequence = 0;
  int64_t deadline_ms = 0;  // of the round, with its days of grace
};

// Costs with the number of such reports, whatever else is held. At most kDueMax, rounds with the
// earliest deadline first; a round held twice in conflict counts as shown.
inline constexpr size_t kDueMax = 20'000;
absl::StatusOr<std::vector<Due>> DueEntries(const Views& views, int64_t now_ms);

}  // namespace entente::query
