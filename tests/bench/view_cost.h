// What keeping the views and the search index costs the entries that come in.
#pragma once

#include "absl/status/statusor.h"
#include "tests/bench/bench_main.h"

namespace entente::bench {

// Processor time beyond that of taking as many entries in without any row of a view. "view_cost":
// the views, written in one batch with their entries. "search_index_cost": the index of words, made
// of them afterwards, which nothing waits for and no digest covers; on top of the views.
absl::StatusOr<Results> MeasureViewCost();

}  // namespace entente::bench
