// Messages of gRPC and of Protobuf, into the node's log.
#pragma once

namespace entente::rpc {

// Once, before the first use of gRPC. Peers can provoke most of these messages, so each place in
// their sources speaks at most once in ten seconds.
void RouteGrpcLog();

}  // namespace entente::rpc
