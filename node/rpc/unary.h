// Running one unary call on the worker pool: the reaction itself only hands the work over, so
// gRPC's few callback threads never block.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "node/runtime/worker_pool.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

// Lets go of what it holds when the call has ended: where nobody reads the reply, not before the
// reply is gone.
class HoldingReactor final : public grpc::ServerUnaryReactor {
 public:
  explicit HoldingReactor(std::shared_ptr<const void> held) : held_(std::move(held)) {}
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<const void> held_;
};

// `call` returns absl::Status and fills the response it captured; it runs once, on the pool.
template <class Call>
grpc::ServerUnaryReactor* RunOnPool(grpc::CallbackServerContext* context, runtime::WorkerPool& pool,
                                    grpc::ServerUnaryReactor* reactor, Call call) {
  absl::Status posted = pool.Post([reactor, context, call = std::move(call)]() mutable {
    // A caller that left, or whose deadline passed, gets no work done in its name.
    reactor->Finish(context->IsCancelled() ? grpc::Status::CANCELLED : wire::ToGrpc(call()));
  });
  if (!posted.ok()) reactor->Finish(wire::ToGrpc(posted));
  return reactor;
}

template <class Call>
grpc::ServerUnaryReactor* OnPool(grpc::CallbackServerContext* context, runtime::WorkerPool& pool,
                                 Call call) {
  return RunOnPool(context, pool, context->DefaultReactor(), std::move(call));
}

// For the call of a peer: its place among the peer's open calls is `held` until it has ended.
template <class Call>
grpc::ServerUnaryReactor* OnPool(grpc::CallbackServerContext* context, runtime::WorkerPool& pool,
                                 std::shared_ptr<const void> held, Call call) {
  return RunOnPool(context, pool, new HoldingReactor(std::move(held)), std::move(call));
}

}  // namespace entente::rpc
