// A server stream whose messages are made one at a time, each on the worker pool once the one
// before is on its way. A reader that is slow, or never reads, holds one message and no thread.
// Contrast chunk_stream.h (all made at once) and message_stream.h (the producer waits for its
// reader).
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "node/runtime/worker_pool.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

template <class Message>
class StepStream final : public grpc::ServerWriteReactor<Message> {
 public:
  // Runs on the pool, never twice at once. Nothing: the stream ends well.
  using Maker = std::function<absl::StatusOr<std::optional<Message>>()>;

  // gRPC owns the reactor from here on. `held` is let go of when the call has ended.
  static StepStream* Start(runtime::WorkerPool& pool, std::shared_ptr<const void> held,
                           Maker maker) {
    auto* stream = new StepStream(pool, std::move(held), std::move(maker));
    stream->Schedule();
    return stream;
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    Schedule();
  }
  // Comes after Finish only, so no job of this stream is under way.
  void OnDone() override { delete this; }

 private:
  StepStream(runtime::WorkerPool& pool, std::shared_ptr<const void> held, Maker maker)
      : pool_(pool), held_(std::move(held)), maker_(std::move(maker)) {}

  void Schedule() {
    absl::Status posted = pool_.Post([this] { Step(); });
    if (!posted.ok()) this->Finish(wire::ToGrpc(posted));
  }
  void Step() {
    absl::StatusOr<std::optional<Message>> made = maker_();
    if (!made.ok()) return this->Finish(wire::ToGrpc(made.status()));
    if (!made->has_value()) return this->Finish(grpc::Status::OK);
    current_ = *std::move(*made);
    this->StartWrite(&current_);
  }

  runtime::WorkerPool& pool_;
  const std::shared_ptr<const void> held_;
  const Maker maker_;
  Message current_;
};

}  // namespace entente::rpc
