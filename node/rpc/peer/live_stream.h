// A server stream that may stay open: messages are made on the pool, one at a time, the next while
// the one before is on its way; with nothing new it waits for a commit, or for the time of its sign
// of life.
//
// Life: gRPC holds it until OnDone; a job on the pool, a timer and the service's list hold it by
// shared_ptr.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/error.h"
#include "node/base/mutex.h"
#include "node/runtime/timer.h"
#include "node/runtime/worker_pool.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

class Wakeable {
 public:
  virtual ~Wakeable() = default;
  virtual void Wake() = 0;
};

// The open streams of one service. Any thread.
class LiveStreams {
 public:
  void Add(const std::shared_ptr<Wakeable>& stream) {
    base::MutexLock lock(mutex_);
    open_.emplace(stream.get(), stream);
  }
  void Leave(Wakeable* stream) {
    base::MutexLock lock(mutex_);
    open_.erase(stream);
  }
  // Something was committed.
  void WakeAll() {
    std::vector<std::shared_ptr<Wakeable>> streams;
    {
      base::MutexLock lock(mutex_);
      for (auto& [raw, weak] : open_) {
        if (auto stream = weak.lock()) streams.push_back(std::move(stream));
      }
    }
    for (auto& stream : streams) stream->Wake();
  }
  // They end, and so do those that come.
  void Stop() {
    {
      base::MutexLock lock(mutex_);
      stopping_ = true;
    }
    WakeAll();
  }
  bool stopping() {
    base::MutexLock lock(mutex_);
    return stopping_;
  }

 private:
  base::Mutex mutex_;
  std::map<Wakeable*, std::weak_ptr<Wakeable>> open_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

template <class Message>
class LiveStream : public grpc::ServerWriteReactor<Message>,
                   public Wakeable,
                   public std::enable_shared_from_this<LiveStream<Message>> {
 public:
  // Once, after make_shared.
  void Begin() {
    self_ = this->shared_from_this();
    streams_.Add(self_);
    Schedule();
  }
  // Something was committed, or the service stops.
  void Wake() final {
    bool go = false;
    {
      base::MutexLock lock(mutex_);
      news_ = true;
      go = std::exchange(idle_, false);
    }
    if (go) Schedule();
  }

  void OnWriteDone(bool ok) final {
    if (!ok) return End(absl::CancelledError("the peer left"));
    Schedule();
  }
  void OnCancel() final {
    {
      base::MutexLock lock(mutex_);
      cancelled_ = true;
    }
    Wake();
  }
  void OnDone() final {
    streams_.Leave(this);
    Left();
    self_.reset();
  }

 protected:
  // Both outlive the stream.
  LiveStream(LiveStreams* streams, runtime::WorkerPool* pool) : streams_(*streams), pool_(*pool) {}

  // On the pool; never two at once. Nothing: there is nothing new now.
  virtual absl::StatusOr<std::optional<Message>> Next() = 0;
  // Asked when there is nothing new: false ends the stream.
  virtual bool live() const = 0;
  virtual void Sending(const Message&) {}
  // It is over; the last call.
  virtual void Left() {}
  // Sent when nothing else was for a while.
  struct SignOfLife {
    runtime::Timer* timer = nullptr;  // null: none is sent
    absl::Duration every;
  };
  virtual SignOfLife sign_of_life() { return {}; }
  virtual Message MakeSignOfLife() { return {}; }

 private:
  void Schedule() {
    absl::Status posted = pool_.Post([self = this->shared_from_this()] { self->Step(); });
    if (!posted.ok()) End(posted);
  }

  void Step() {
    absl::StatusOr<std::optional<Message>> message = Checked();
    if (!message.ok()) return End(message.status());
    if (message->has_value()) return Send(*std::move(*message));
    if (!live()) return End(absl::OkStatus());
    Idle();
  }

  absl::StatusOr<std::optional<Message>> Checked() {
    {
      base::MutexLock lock(mutex_);
      news_ = false;
      if (cancelled_) return absl::CancelledError("the peer left");
    }
    if (streams_.stopping()) {
      return base::Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                         "this node is shutting down");
    }
    return Next();
  }

  void Send(Message message) {
    {
      base::MutexLock lock(mutex_);
      if (finished_) return;
    }
    current_ = std::move(message);
    Sending(current_);
    this->StartWrite(&current_);
  }

  void Idle() {
    const SignOfLife sign = sign_of_life();
    {
      base::MutexLock lock(mutex_);
      if (!news_ && !cancelled_) {
        idle_ = true;
        if (sign.timer == nullptr) return;
        sign.timer->After(sign.every, [weak = this->weak_from_this()] {
          if (auto self = weak.lock()) self->TellLife();
        });
        return;
      }
    }
    Schedule();
  }

  void TellLife() {
    {
      base::MutexLock lock(mutex_);
      if (!std::exchange(idle_, false)) return;
    }
    Send(MakeSignOfLife());
  }

  void End(const absl::Status& status) {
    {
      base::MutexLock lock(mutex_);
      if (std::exchange(finished_, true)) return;
    }
    this->Finish(wire::ToGrpc(status));
  }

  LiveStreams& streams_;
  runtime::WorkerPool& pool_;
  Message current_;
  std::shared_ptr<LiveStream> self_;  // gRPC's share, until OnDone
  base::Mutex mutex_;
  bool idle_ ABSL_GUARDED_BY(mutex_) = false;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace entente::rpc
