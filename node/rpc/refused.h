// The answer to a call that is not let in: it ends at once. While it waited for a thread, its
// request would take memory that nobody counts.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

template <class Message>
class RefusedStream final : public grpc::ServerWriteReactor<Message> {
 public:
  // gRPC owns it from here on.
  explicit RefusedStream(const absl::Status& why) { this->Finish(wire::ToGrpc(why)); }
  void OnDone() override { delete this; }
};

inline grpc::ServerUnaryReactor* RefusedCall(grpc::CallbackServerContext* context,
                                             const absl::Status& why) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(wire::ToGrpc(why));
  return reactor;
}

}  // namespace entente::rpc
