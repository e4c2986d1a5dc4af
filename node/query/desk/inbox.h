// What waits for the one who asks: the secretariat's desk, or a delegation.
#pragma once

#include "entente/v1/question.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// Who the inbox is for. The desk: reports that came and were not reviewed, and answers to its
// questions. A delegation: questions that are open to it, its conflicts, what was not counted,
// reminders of a round in which it still owes something. Both: silence procedures.
enum class InboxRole { kDesk, kDelegation };

// Newest first, at most `limit` rows (0: 200); a note says how many more there are. `own` is the
// delegation that asks, `now_ms` what says whether a silence runs.
absl::StatusOr<v1::Table> Inbox(const Views& views, InboxRole role, const std::string& own,
                                int limit, uint64_t now_ms);

// By the charter: the secretariat has a desk.
InboxRole UsualRole(const Views& views, const std::string& own);

}  // namespace entente::query
