// How the one request of a peer's call comes in. gRPC itself tells of such a call only once its
// request has come whole: one that comes byte by byte, or stops halfway, would hold its memory for
// as long as the connection lasts, counted by nobody and with no name in the log.
//
// So the methods of a peer service are registered as streams of which one message is read, which on
// the wire is the same. Who calls is then known from the first byte; his requests under way are
// counted with the gate, and each has to come whole within a time. After that the method runs as
// the generated code would have run it.
//
// gRPC has no public interface for this: what is used are the handlers its generated code uses.
#pragma once

#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "node/rpc/peer/peer_gate.h"
#include "node/runtime/timer.h"

namespace entente::rpc {

class RequestArrival {
 public:
  // An honest peer gives up its call after two minutes.
  static constexpr absl::Duration kWithin = absl::Seconds(150);

  // Outlived by `gate`; outlives the server that its methods are registered with.
  explicit RequestArrival(PeerGate* gate, absl::Duration within = kWithin)
      : gate_(*gate), within_(within) {}

  // For MarkMethodStreamed of the service, which takes ownership: in place of what the generated
  // code made for `method`.
  template <class Service, class Request, class Reply>
  grpc::internal::MethodHandler* Of(
      Service* service, grpc::ServerUnaryReactor* (Service::*method)(grpc::CallbackServerContext*,
                                                                     const Request*, Reply*)) {
    return Await(std::make_unique<grpc::internal::CallbackUnaryHandler<Request, Reply>>(
        [service, method](grpc::CallbackServerContext* context, const Request* request,
                          Reply* reply) { return (service->*method)(context, request, reply); }));
  }
  template <class Service, class Request, class Message>
  grpc::internal::MethodHandler* Of(Service* service,
                                    grpc::ServerWriteReactor<Message>* (Service::*method)(
                                        grpc::CallbackServerContext*, const Request*)) {
    return Await(std::make_unique<grpc::internal::CallbackServerStreamingHandler<Request, Message>>(
        [service, method](grpc::CallbackServerContext* context, const Request* request) {
          return (service->*method)(context, request);
        }));
  }

 private:
  class Awaiting;
  class Reading;

  grpc::internal::MethodHandler* Await(std::unique_ptr<grpc::internal::MethodHandler> then);

  PeerGate& gate_;
  const absl::Duration within_;
  runtime::Timer timer_;
};

}  // namespace entente::rpc
