// What delegations say of one indicator over time, ours beside the others. Only what stands in its
// slot counts: a corrected value is shown as corrected. Definitions: docs/metrics.md, "Series".
#pragma once

#include "entente/v1/question.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// NOT_FOUND lists the indicators there are; INVALID_ARGUMENT names the option and what it takes.
absl::StatusOr<v1::Table> Series(const Views& views, const v1::SeriesRequest& request);

}  // namespace entente::query
