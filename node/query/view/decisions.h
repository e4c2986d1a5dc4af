// What was decided about commitments and amendments, from the adoptions that stand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "node/meaning/state/commitment_state.h"
#include "node/query/view/views.h"

namespace entente::query {

class CommitmentStates {
 public:
  static absl::StatusOr<CommitmentStates> Load(const Views& views, uint64_t now_ms);

  // "in_force", "in_force, amended", "completed"...
  std::string Of(const v1::SlotValue& slot, const v1::CommitmentSummary& commitment) const;

 private:
  uint64_t now_ms_ = 0;
  std::string period_;                                               // of the instrument
  std::map<std::string, std::vector<meaning::Decision>> decisions_;  // by slot
};

// "open", "open, objected by KZ", "endorsed", "not_endorsed".
absl::StatusOr<std::string> AmendmentState(const Views& views, const base::EntryId& amendment);

}  // namespace entente::query
