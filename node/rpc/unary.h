// Running one unary call on the worker pool: the reaction itself only hands the work over, so
// gRPC's few callback threads never block.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <utility>

#include "node/runtime/worker_pool.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

// `call` returns absl::Status and fills the response it captured; it runs once, on the pool.
template <class Call>
grpc::ServerUnaryReactor* OnPool(grpc::CallbackServerContext* context, runtime::WorkerPool& pool,
                                 Call call) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status posted = pool.Post([reactor, context, call = std::move(call)]() mutable {
    // A caller that left, or whose deadline passed, gets no work done in its name.
    reactor->Finish(context->IsCancelled() ? grpc::Status::CANCELLED : wire::ToGrpc(call()));
  });
  if (!posted.ok()) reactor->Finish(wire::ToGrpc(posted));
  return reactor;
}

}  // namespace entente::rpc
