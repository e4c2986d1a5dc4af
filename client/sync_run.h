// One pass of sync through the local node, with progress for a person.
#pragma once

#include <cstdint>
#include <string>

#include "client/context.h"

namespace entente::client {

struct SyncOutcome {
  v1::Table table;  // one row per peer: peer, result, entries, bytes, round_trips, seconds, mode
  int peers = 0;
  int reached = 0;
  uint64_t entries_received = 0;
  absl::Status status;  // of the call itself
};

// With one delegation, or with every peer. Never fails as a whole: look at `status` and `reached`.
SyncOutcome SyncOnce(Context& context, absl::string_view with);

}  // namespace entente::client
