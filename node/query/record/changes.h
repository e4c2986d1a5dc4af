// What came since: records that count and acts of authority, oldest first.
#pragma once

#include "entente/v1/question.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// INVALID_ARGUMENT for an unknown kind, with the known ones, and as AsOfText for `since`. At most
// 1000 rows; when there are more, the oldest, and a note that says how many are left.
absl::StatusOr<v1::Table> Changes(const Views& views, const v1::ChangesRequest& request);

}  // namespace entente::query
