// The witness behind C2SP's add-checkpoint: decided by node/tlog, made durable, and only then
// cosigned.
#pragma once

#include <string>

#include "node/rpc/node_core.h"
#include "node/rpc/register_keys.h"

namespace entente::rpc {

// Cosignature lines for the checkpoint in the body. Errors are those of tlog::WitnessStatus;
// NOT_FOUND also where this node is not among the witnesses the charter asks for. What the register
// signed against what this node holds is kept as evidence where it proves something.
absl::StatusOr<std::string> CosignRequest(NodeCore& core, RegisterKeys& keys,
                                          const base::Spki& peer, const std::string& body);

}  // namespace entente::rpc
