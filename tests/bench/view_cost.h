// What keeping the views and the search index costs the entries that come in.
#pragma once

#include "absl/status/statusor.h"
#include "tests/bench/bench_main.h"

namespace entente::bench {

// "view_cost", of which "view_cost_tables" and "view_cost_search": processor time beyond that of
// taking the same entries in without any row of a view.
absl::StatusOr<Results> MeasureViewCost();

}  // namespace entente::bench
