// A server stream fed by a thread of the worker pool: Write() queues at most a few messages and
// waits for room, so the producer goes at the reader's pace; the reaction itself never blocks.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "node/base/mutex.h"
#include "node/runtime/worker_pool.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

template <class Message>
class MessageStream final : public grpc::ServerWriteReactor<Message> {
 public:
  using Write = std::function<bool(const Message&)>;
  // Runs on the pool: writes until it is done, or until Write returns false because the reader
  // left.
  using Producer = std::function<absl::Status(const Write&)>;

  // gRPC owns the reactor from here on; it deletes itself when the call and the producer have
  // ended.
  static MessageStream* Start(runtime::WorkerPool& pool, Producer producer) {
    auto* stream = new MessageStream();
    auto self = std::make_shared<Hold>(stream);
    absl::Status posted = pool.Post([stream, self, producer = std::move(producer)] {
      stream->End(producer([stream](const Message& message) { return stream->Put(message); }));
    });
    if (!posted.ok()) stream->End(posted);
    return stream;
  }

  void OnWriteDone(bool ok) override {
    base::MutexLock lock(mutex_);
    writing_ = false;
    if (!ok) left_ = true;
    Continue();
    changed_.SignalAll();
  }
  void OnCancel() override {
    base::MutexLock lock(mutex_);
    left_ = true;
    changed_.SignalAll();
  }
  void OnDone() override { Release(); }

 private:
  static constexpr size_t kQueueMax = 4;

  // The producer's share of the stream's life.
  struct Hold {
    explicit Hold(MessageStream* held_stream) : held(held_stream) {}
    ~Hold() { held->Release(); }
    MessageStream* held;
  };

  bool Put(const Message& message) {
    base::MutexLock lock(mutex_);
    while (queue_.size() >= kQueueMax && !left_) changed_.Wait(mutex_);
    if (left_) return false;
    queue_.push_back(message);
    Continue();
    return true;
  }

  void End(absl::Status status) {
    base::MutexLock lock(mutex_);
    ended_ = true;
    status_ = std::move(status);
    Continue();
  }

  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (!queue_.empty() && !left_) {
      current_ = std::move(queue_.front());
      queue_.pop_front();
      writing_ = true;
      this->StartWrite(&current_);
      changed_.SignalAll();
    } else if (ended_) {
      finished_ = true;
      this->Finish(wire::ToGrpc(status_));
    }
  }

  void Release() {
    bool last = false;
    {
      base::MutexLock lock(mutex_);
      last = --owners_ == 0;
    }
    if (last) delete this;
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<Message> queue_ ABSL_GUARDED_BY(mutex_);
  Message current_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool left_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  int owners_ ABSL_GUARDED_BY(mutex_) = 2;  // gRPC until OnDone, and the producer
};

}  // namespace entente::rpc
