// The peers' part of entente doctor, one step after the other: is an address known, does it
// resolve, does the port answer, is it the node we expect, are the clocks together.
#pragma once

#include <functional>

#include "entente/v1/local.pb.h"
#include "entente/v1/operator.pb.h"
#include "node/rpc/tls/identity.h"

namespace entente::rpc {

// The first step that fails is the check's answer. Waits a few seconds at most.
v1::Check ExaminePeer(const Identity& identity, const v1::PeerStatus& peer);
v1::Check ExamineClock(const v1::NodeStatus& status);

}  // namespace entente::rpc
