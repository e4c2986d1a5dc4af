// gRPC's own messages, into the node's log.
#pragma once

namespace entente::rpc {

// Once, before the first use of gRPC. Peers can provoke most of these messages, so each place in
// gRPC's source speaks at most once in ten seconds.
void RouteGrpcLog();

}  // namespace entente::rpc
