// A file about a register that somebody gave (a checkpoint, a receipt, a proof of equivocation)
// against what this node holds of it.
#pragma once

#include "entente/v1/register.pb.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

// FAILED_PRECONDITION VERIFICATION_FAILED: it is not this register's, or proves nothing;
// NOT_FOUND: no register is named. A register kept here that meets a later checkpoint of its own
// stops.
absl::Status CheckRegisterFile(NodeCore& core, const v1::CheckRegisterFileRequest& request,
                               v1::CheckRegisterFileResponse& response);

}  // namespace entente::rpc
