// A server stream of a few messages that are made all at once: on the worker pool, which is then
// free again. A reader that is slow, or never reads, holds the messages but no thread; contrast
// message_stream.h, whose producer waits for its reader.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "node/runtime/worker_pool.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

template <class Message>
class ChunkStream final : public grpc::ServerWriteReactor<Message> {
 public:
  // Runs once, on the pool.
  using Maker = std::function<absl::StatusOr<std::vector<Message>>()>;

  // gRPC owns the reactor from here on. `held` is let go of when the call has ended.
  static ChunkStream* Start(runtime::WorkerPool& pool, std::shared_ptr<const void> held,
                            Maker maker) {
    auto* stream = new ChunkStream(std::move(held));
    absl::Status posted = pool.Post([stream, maker = std::move(maker)] { stream->Begin(maker()); });
    if (!posted.ok()) stream->Finish(wire::ToGrpc(posted));
    return stream;
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    Next();
  }
  // Comes after Finish and the last write only.
  void OnDone() override { delete this; }

 private:
  explicit ChunkStream(std::shared_ptr<const void> held) : held_(std::move(held)) {}

  void Begin(absl::StatusOr<std::vector<Message>> chunks) {
    if (!chunks.ok()) return this->Finish(wire::ToGrpc(chunks.status()));
    chunks_ = *std::move(chunks);
    Next();
  }
  void Next() {
    if (next_ == chunks_.size()) return this->Finish(grpc::Status::OK);
    this->StartWrite(&chunks_[next_++]);
  }

  const std::shared_ptr<const void> held_;
  std::vector<Message> chunks_;
  size_t next_ = 0;
};

}  // namespace entente::rpc
