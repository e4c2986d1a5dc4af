// The state of one report from what the secretariat said about it. A pure function of the reviews
// and answers held: no clock, no order of arrival.
//
// Of reviews that nobody superseded, one that asks prevails over one that accepts, and one that
// accepts over one that does not count: what is favourable to the delegation, once nothing is
// asked.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/meaning/state/metrics.h"

namespace entente::meaning {

struct ReviewFacts {
  std::string entry;                    // id
  std::vector<std::string> supersedes;  // ids
  std::string outcome;                  // as in payload.proto
  bool answered = false;                // its delegation answered without changing the report
};

// Positions of the reviews that no other of them supersedes, in the order given.
std::vector<size_t> StandingReviews(const std::vector<ReviewFacts>& reviews);

// `received`: the report stands in the register.
ReportState StateOfReport(const std::vector<ReviewFacts>& reviews, bool received);

// "submitted", "clarification_requested"...; "" for kNone.
absl::string_view ReportStateWord(ReportState state);

}  // namespace entente::meaning
