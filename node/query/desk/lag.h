// What is not known to be elsewhere: of this node's own entries, and of all entries peer by peer.
// Learnt from what peers said is on their disks, in contacts (store::LogReader::HeldThrough) and by
// files (store/told_tips.h), so it errs on the safe side: what is counted here may be held there,
// what is not counted is.
#pragma once

#include <map>

#include "absl/status/statusor.h"
#include "node/store/log_reader.h"
#include "node/store/published.h"

namespace entente::query {

struct Lags {
  // Own entries that no peer is known to hold.
  std::map<base::InstrumentId, uint64_t> unsynced;
  // Entries the peer may have and is not known to hold; those that came from it are there.
  std::map<base::Spki, uint64_t> behind;
};

// Reads every arrival after the oldest mark of any peer.
absl::StatusOr<Lags> CountLags(const storage::Snapshot& snapshot, const store::Published& published,
                               const base::Spki& self);

}  // namespace entente::query
