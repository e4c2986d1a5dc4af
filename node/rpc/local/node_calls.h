// The Local service's calls about the node itself.
#pragma once

#include "entente/v1/local.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"

namespace entente::rpc {

void GetNode(NodeCore& core, v1::Node& response);
absl::Status GetStatus(NodeCore& core, Peers& peers, const v1::GetStatusRequest& request,
                       v1::NodeStatus& response);

}  // namespace entente::rpc
