// One pass of sync through the local node, with progress for a person.
#pragma once

#include <cstdint>
#include <string>

#include "client/context/context.h"

namespace entente::client {

struct SyncOutcome {
  // One row per peer: peer, result, entries, bytes, round_trips, seconds, mode; with a limit also
  // what is left. With a plan one row per peer, direction and kind.
  v1::Table table;
  int peers = 0;
  int reached = 0;
  int paused = 0;                       // here, by a person: none of those reached
  uint64_t unsent = 0, unreceived = 0;  // entries left by a limit
  // Attachments left by a limit, and the bytes they lack; some were not even asked about.
  uint64_t files_unsent = 0, files_unreceived = 0, file_bytes_left = 0;
  bool files_left_out = false;
  bool unknown = false;  // of a plan: there is more, of a size that nobody knows yet
  uint64_t entries_received = 0;
  absl::Status status;  // of the call itself
};

// With one delegation, or with every peer, within the limits of the request. Never fails as a
// whole: look at `status` and `reached`.
SyncOutcome SyncOnce(Context& context, const v1::SyncRequest& request);

}  // namespace entente::client
