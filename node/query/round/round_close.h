// What the close of a round rests on: its figures as they stand here, and how far each feed that
// reports in it was counted.
#pragma once

#include "entente/v1/local.pb.h"
#include "node/query/round/round.h"

namespace entente::query {

// The payload of a close, but for its common part and its synthesis. FAILED_PRECONDITION
// (LIMIT_EXCEEDED) when more feeds report than a close can mark.
absl::StatusOr<v1::RoundClose> MakeRoundClose(const Views& views, const std::string& round);

// planned | open | closing | late_only | closed: by the dates as of `now_ms`, and by the closes
// that stand. For display only: no state keeps a report out of the log.
std::string RoundState(const Round& round, uint64_t now_ms);

}  // namespace entente::query
