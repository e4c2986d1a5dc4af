#include "node/meaning/state/report_state.h"

#include <set>

namespace entente::meaning {

std::vector<size_t> StandingReviews(const std::vector<ReviewFacts>& reviews) {
  std::set<std::string> superseded;
  for (const ReviewFacts& review : reviews) {
    for (const std::string& id : review.supersedes) {
      if (id != review.entry) superseded.insert(id);
    }
  }
  std::vector<size_t> standing;
  for (size_t i = 0; i < reviews.size(); ++i) {
    if (!superseded.contains(reviews[i].entry)) standing.push_back(i);
  }
  return standing;
}

ReportState StateOfReport(const std::vector<ReviewFacts>& reviews, bool received) {
  bool asks = false, answered = false, accepts = false, refuses = false;
  for (const size_t i : StandingReviews(reviews)) {
    const ReviewFacts& review = reviews[i];
    const bool asked = review.outcome == "clarification_requested";
    asks |= asked && !review.answered;
    answered |= asked && review.answered;
    accepts |= review.outcome == "accepted";
    refuses |= review.outcome == "not_counted";
  }
  if (asks) return ReportState::kClarificationRequested;
  if (answered) return ReportState::kClarified;
  if (accepts) return ReportState::kAccepted;
  if (refuses) return ReportState::kNotCounted;
  return received ? ReportState::kReceived : ReportState::kSubmitted;
}

absl::string_view ReportStateWord(ReportState state) {
  switch (state) {
    case ReportState::kNone:
      return "";
    case ReportState::kSubmitted:
      return "submitted";
    case ReportState::kReceived:
      return "received";
    case ReportState::kAccepted:
      return "accepted";
    case ReportState::kClarificationRequested:
      return "clarification_requested";
    case ReportState::kClarified:
      return "clarified";
    case ReportState::kWithdrawn:
      return "withdrawn";
    case ReportState::kNotCounted:
      return "not_counted";
  }
  return "";
}

}  // namespace entente::meaning
