// What was said about an entry: reviews, comments, translations, answers, decisions. Found by the
// index of what records are about (node/meaning/record/index_key.h, kAbout).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/meaning/state/metrics.h"
#include "node/query/view/views.h"

namespace entente::query {

// The contributions of records of one kind about the entry that no other of them supersedes,
// ascending by (time claimed, entry id).
absl::StatusOr<std::vector<v1::Contribution>> SpokenAbout(const Views& views,
                                                          const base::EntryId& entry,
                                                          uint32_t kind);

// One of the records about an entry, for its history.
struct HistoricVoice {
  v1::Contribution contribution;
  bool replaced = false;  // by a later one of the same delegation
};
// All there are of these kinds, also what was replaced since, ascending by (time claimed, entry
// id).
absl::StatusOr<std::vector<HistoricVoice>> EverSpokenAbout(const Views& views,
                                                           const base::EntryId& entry,
                                                           const std::vector<uint32_t>& kinds);

// Every record of one kind that no other of its kind supersedes and nobody took back, in the same
// order.
absl::StatusOr<std::vector<v1::Contribution>> StandingOfKind(const Views& views, uint32_t kind);

// What became of a record that has no name but its entry's id.
struct Told {
  const v1::Contribution* last = nullptr;  // the version it has, or had before it was taken back
  std::string state;  // current | corrected | withdrawn | conflict; "": of another kind
};
// Of a slot, whose it points into; last is null where nothing stands.
Told ToldOf(const v1::SlotValue& slot);

// Codes of the delegations that object to an amendment, ascending: by a key that is enrolled as
// signatory, which alone breaks a silence.
absl::StatusOr<std::vector<std::string>> ObjectorsTo(const Views& views,
                                                     const base::EntryId& amendment);

// A review that stands, as tables need it.
struct StandingReview {
  v1::Contribution contribution;
  v1::ReviewSummary summary;
  // The first comment by which the report's delegation answers; none: it has not.
  std::optional<v1::Contribution> answer;
};

struct ReportStanding {
  meaning::ReportState state = meaning::ReportState::kNone;
  std::vector<StandingReview> reviews;  // by time claimed

  // The reviews whose questions are open; the first of them, or null.
  std::vector<const StandingReview*> OpenQuestions() const;
  const StandingReview* OpenQuestion() const;
};

// `report` is what stands alone in `slot`, a report's.
absl::StatusOr<ReportStanding> StandingOf(const Views& views, absl::string_view slot,
                                          const v1::Contribution& report, bool received);

}  // namespace entente::query
