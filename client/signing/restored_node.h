// The author's side of a restore: what the marks beside a key say to a node that came out of a
// backup, and what the node says to the author before anything is signed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/context/context.h"
#include "entente/v1/operator.pb.h"
#include "node/base/id.h"

namespace entente::client {

// How far the key has signed, by every feed; from KEYFILE.mark.
absl::StatusOr<std::vector<v1::HeldHead>> HeadsOfMarks(const std::string& key_path);

// If what the node offers may come from a restore, tells it the marks, says what the node answers,
// and asks for the place again. RESTORE_GUARD: the node does not know yet how far the key had come,
// and there is no mark. Nothing on a node that was not restored.
absl::Status AskRestoredNode(Context& context, const std::string& key_path,
                             const v1::PrepareEntriesRequest& request,
                             v1::PrepareEntriesResponse& prepared);

}  // namespace entente::client
