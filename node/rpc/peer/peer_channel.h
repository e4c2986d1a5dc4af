// A channel to one node at one address. The node is pinned by its key: another one at that address
// is refused during the handshake.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "node/base/id.h"
#include "node/rpc/tls/identity.h"

namespace entente::rpc {

// Does not connect yet. `address` is HOST:PORT. Calls fail with UNAVAILABLE while the node cannot
// be reached or is not the expected one. Every call needs a deadline of its own.
std::shared_ptr<grpc::Channel> MakePeerChannel(const Identity& identity, const std::string& address,
                                               const base::Spki& expected);

}  // namespace entente::rpc
