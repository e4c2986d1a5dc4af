// The three tables of a round: who is missing, the reporting rates, the matrix. Definitions:
// docs/metrics.md. On time needs register receipts; until an instrument has a register it prints
// "–" (docs/metrics.md says why).
#pragma once

#include "entente/v1/local.pb.h"
#include "node/meaning/state/metrics.h"
#include "node/query/round/round.h"
#include "node/query/view/record_cache.h"

namespace entente::query {

// What the figures count of a cell.
meaning::SlotState SlotStateOf(const CellState& cell, uint64_t deadline_ms);

absl::StatusOr<v1::Table> Missing(const Views& views, const v1::RoundQuestion& question,
                                  const FreshnessByCode& freshness, uint64_t now_ms);
absl::StatusOr<v1::Table> Rate(const Views& views, const v1::RoundQuestion& question);
absl::StatusOr<v1::Table> Matrix(const Views& views, const v1::RoundQuestion& question,
                                 const FreshnessByCode& freshness, uint64_t now_ms);
// What a delegation owes in every round that expects it and has not been answered.
// `kept`: with the drafts of this node, if the delegation is its own; null: without.
absl::StatusOr<v1::Table> Todo(const Views& views, const std::string& delegation, uint64_t now_ms,
                               RecordCache* kept = nullptr);

// What a delegation owes in a round: commitments it is asked about and has not answered, all in
// all. REQUIRES: loaded for that delegation.
absl::StatusOr<int> Owed(const Round& round, const std::string& delegation);

}  // namespace entente::query
