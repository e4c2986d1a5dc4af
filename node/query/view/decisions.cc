#include "node/query/view/decisions.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/merge/slot_value.h"
#include "node/query/view/spoken.h"

namespace entente::query {

absl::StatusOr<CommitmentStates> CommitmentStates::Load(const Views& views, uint64_t now_ms) {
  CommitmentStates out;
  out.now_ms_ = now_ms;
  ASSIGN_OR_RETURN(auto instrument, views.Head<v1::InstrumentSummary>("instrument"));
  if (instrument) out.period_ = instrument->period();
  ASSIGN_OR_RETURN(auto adoptions, StandingOfKind(views, v1::ADOPTION));
  for (const v1::Contribution& adoption : adoptions) {
    v1::AdoptionSummary summary;
    if (!summary.ParseFromString(adoption.summary())) continue;
    out.decisions_[summary.slot()].push_back({summary.date(), adoption.entry(), summary.outcome()});
  }
  return out;
}

std::string CommitmentStates::Of(const v1::SlotValue& slot,
                                 const v1::CommitmentSummary& commitment) const {
  auto it = decisions_.find(slot.slot());
  std::string state = meaning::CommitmentState(
      commitment.nature(), it == decisions_.end() ? std::vector<meaning::Decision>() : it->second,
      period_, now_ms_);
  if (merge::VersionOf(slot, ShownHead(slot)->entry()) > 1) absl::StrAppend(&state, ", amended");
  return state;
}

absl::StatusOr<std::string> AmendmentState(const Views& views, const base::EntryId& amendment) {
  ASSIGN_OR_RETURN(auto adoptions, SpokenAbout(views, amendment, v1::ADOPTION));
  v1::AdoptionSummary decided;
  if (!adoptions.empty() && decided.ParseFromString(adoptions.back().summary()))
    return decided.outcome();
  ASSIGN_OR_RETURN(const std::vector<std::string> who, ObjectorsTo(views, amendment));
  if (who.empty()) return std::string("open");
  return absl::StrCat("open, objected by ", absl::StrJoin(who, " "));
}

}  // namespace entente::query
