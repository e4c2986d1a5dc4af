// Starts the node's program for one job on a directory (entented --job ...): a store can be read by
// entented alone, and `entente backup` and `entente doctor` must work when no node runs.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/operator.pb.h"

namespace entente::client {

// The program is ENTENTE_NODE_PROGRAM, else entented beside this one, else in the PATH. It ends
// with this process. An error of the job comes back with its reason.
absl::StatusOr<v1::JobAnswer> RunNodeJob(const std::vector<std::string>& words);

}  // namespace entente::client
