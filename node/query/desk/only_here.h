// Contents of attachments that were attached on this node and that no other node is known to hold
// whole. Learnt from what peers said is on their disks, so it errs on the safe side: what is
// counted may be elsewhere, what is not counted is, or came from elsewhere.
#pragma once

#include <map>

#include "absl/status/statusor.h"
#include "node/store/published.h"
#include "storage/kv.h"

namespace entente::query {

struct OnlyHere {
  uint64_t contents = 0;
  uint64_t bytes = 0;
};
// Of those that a report of the instrument names; drafts are nobody else's. Reads one row for every
// content that this node knows of.
absl::StatusOr<std::map<base::InstrumentId, OnlyHere>> CountOnlyHere(
    const storage::Snapshot& snapshot, const store::Published& published);

}  // namespace entente::query
