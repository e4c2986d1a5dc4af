// What a restored node still has to settle, for people.
#pragma once

#include "entente/v1/local.pb.h"
#include "entente/v1/operator.pb.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

// Marks in the request are remembered. Everything of the delegation, or of one key.
absl::Status GetRestore(NodeCore& core, const v1::GetRestoreRequest& request,
                        v1::RestoreState& response);

// One remark while something is unsettled; none on a node that was not restored.
absl::Status AddRestoreRemark(NodeCore& core, v1::NodeStatus& status);

// The guard's state as a message, with its text. `settled` and `contacted` are the caller's.
v1::RestoreState RestoreMessage(const v1::RestoreRecord& record,
                                const std::vector<driver::KeyRestore>& keys, bool contacted,
                                bool settled);

}  // namespace entente::rpc
