#include "node/rpc/sync_service.h"

#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/rpc/frame_ingest.h"
#include "node/rpc/message_stream.h"
#include "node/rpc/peer_credentials.h"
#include "node/rpc/unary.h"
#include "node/runtime/log.h"
#include "node/sync/answers.h"
#include "node/sync/pull_cursor.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::MutexLock;
using base::Spki;

SyncService::SyncService(NodeCore* core, Peers* peers, runtime::WorkerPool* pool)
    : core_(*core), peers_(*peers), pool_(*pool) {
  subscription_ = core_.Subscribe([this](const store::PublishedPtr&) { WakeLive(); });
}

SyncService::~SyncService() { Stop(); }

absl::StatusOr<Spki> SyncService::Caller(const Context& context) {
  std::optional<Spki> peer = PeerSpki(context);
  if (!peer)
    return Error(StatusCode::kUnauthenticated, "PEER_UNKNOWN", "no node certificate was presented");
  if (peers_.Paused(*peer)) {
    return Error(StatusCode::kUnavailable, "PEER_PAUSED",
                 "this node has paused the exchange; try again later");
  }
  return *peer;
}

grpc::ServerUnaryReactor* SyncService::Hello(Context* context, const v1::HelloRequest* request,
                                             v1::HelloReply* reply) {
  return OnPool(context, pool_, [this, context, request, reply]() -> absl::Status {
    ASSIGN_OR_RETURN(Spki peer, Caller(*context));
    driver::SyncHost host = core_.NewSyncHost();
    const uint64_t newest = host.NewestArrival();
    ASSIGN_OR_RETURN(*reply, sync::AnswerHello(host, peer, *request,
                                               static_cast<sync::Millis>(core_.clock().WallMs())));
    bool equal = reply->instruments_size() > 0;
    for (const v1::InstrumentReply& instrument : reply->instruments())
      equal = equal && instrument.equal();
    equal ? peers_.InboundEqual(peer, newest) : peers_.InboundContact(peer);
    return absl::OkStatus();
  });
}

grpc::ServerWriteReactor<v1::AuthorityChunk>* SyncService::Authority(
    Context* context, const v1::AuthorityRequest* request) {
  return MessageStream<v1::AuthorityChunk>::Start(
      pool_,
      [this, caller = Caller(*context), request = *request](const auto& write) -> absl::Status {
        RETURN_IF_ERROR(caller.status());
        driver::SyncHost host = core_.NewSyncHost();
        ASSIGN_OR_RETURN(auto chunks, sync::AnswerAuthority(host, *caller, request));
        for (const v1::AuthorityChunk& chunk : chunks) {
          if (!write(chunk)) break;
        }
        return absl::OkStatus();
      });
}

grpc::ServerWriteReactor<v1::HeadsChunk>* SyncService::Heads(Context* context,
                                                             const v1::HeadsRequest* request) {
  return MessageStream<v1::HeadsChunk>::Start(
      pool_,
      [this, caller = Caller(*context), request = *request](const auto& write) -> absl::Status {
        RETURN_IF_ERROR(caller.status());
        driver::SyncHost host = core_.NewSyncHost();
        ASSIGN_OR_RETURN(auto chunks, sync::AnswerHeads(host, *caller, request));
        for (const v1::HeadsChunk& chunk : chunks) {
          if (!write(chunk)) break;
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* SyncService::Push(Context* context, const v1::PushRequest* request,
                                            v1::PushReply* reply) {
  return OnPool(context, pool_, [this, context, request, reply]() -> absl::Status {
    ASSIGN_OR_RETURN(Spki peer, Caller(*context));
    driver::SyncHost host = core_.NewSyncHost();
    RETURN_IF_ERROR(sync::CheckPush(host, peer, *request).status());
    const sync::IngestResult result = IngestFrame(core_, peer, request->frame());
    if (!result.refused.empty()) {
      runtime::LogEvery("push_refused/" + peer.Short(), absl::Seconds(10),
                        runtime::LogLevel::kWarning, "push_refused",
                        {{"peer", peer.ToHex()}, {"why", result.refused[0]}});
    }
    ASSIGN_OR_RETURN(*reply, sync::AnswerPush(result));
    return absl::OkStatus();
  });
}

// The answer to one Pull. Frames are made on the pool, one at a time, the next while the one before
// is on its way; a live stream that has nothing new waits for a commit or for the time of its sign
// of life.
//
// Life: gRPC holds it until OnDone; a job on the pool, a timer and the service's list hold it by
// shared_ptr.
class SyncService::PullStream final : public grpc::ServerWriteReactor<v1::Frame>,
                                      public std::enable_shared_from_this<SyncService::PullStream> {
 public:
  PullStream(SyncService* service, absl::StatusOr<Spki> caller, const v1::PullRequest& request)
      : service_(*service),
        caller_(std::move(caller)),
        request_(request),
        host_(service->core_.NewSyncHost()) {}

  void Begin() {
    self_ = shared_from_this();
    Schedule();
  }

  // Something was committed, or the service stops.
  void Wake() {
    bool go = false;
    {
      MutexLock lock(mutex_);
      news_ = true;
      go = std::exchange(idle_, false);
    }
    if (go) Schedule();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(absl::CancelledError("the peer left"));
    Schedule();
  }
  void OnCancel() override {
    {
      MutexLock lock(mutex_);
      cancelled_ = true;
    }
    Wake();
  }
  void OnDone() override {
    service_.Leave(this);
    if (live_told_) service_.peers_.InboundLive(*caller_, -1);
    self_.reset();
  }

 private:
  using Timer = runtime::Timer;

  void Schedule() {
    absl::Status posted = service_.pool_.Post([self = shared_from_this()] { self->Step(); });
    if (!posted.ok()) End(posted);
  }

  // On the pool; never two at once.
  void Step() {
    absl::StatusOr<std::optional<v1::Frame>> frame = NextFrame();
    if (!frame.ok()) return End(frame.status());
    if (frame->has_value()) return Send(*std::move(*frame));
    if (!cursor_->live()) return End(absl::OkStatus());
    Idle();
  }

  absl::StatusOr<std::optional<v1::Frame>> NextFrame() {
    RETURN_IF_ERROR(caller_.status());
    {
      MutexLock lock(mutex_);
      news_ = false;
      if (cancelled_) return absl::CancelledError("the peer left");
    }
    if (service_.Stopping())
      return Error(StatusCode::kUnavailable, "SHUTTING_DOWN", "this node is shutting down");
    if (service_.peers_.Paused(*caller_)) {
      return Error(StatusCode::kUnavailable, "PEER_PAUSED",
                   "this node has paused the exchange; try again later");
    }
    if (!cursor_) {
      ASSIGN_OR_RETURN(cursor_, sync::PullCursor::Open(&host_, *caller_, request_));
      if (cursor_->live()) {
        live_told_ = true;
        service_.peers_.InboundLive(*caller_, +1);
      }
    }
    return cursor_->NextFrame(static_cast<sync::Millis>(service_.core_.clock().SteadyMs()));
  }

  void Send(v1::Frame frame) {
    {
      MutexLock lock(mutex_);
      if (finished_) return;
    }
    current_ = std::move(frame);
    StartWrite(&current_);
  }

  // Nothing new: until a commit wakes us, or the sign of life is due.
  void Idle() {
    {
      MutexLock lock(mutex_);
      if (!news_ && !cancelled_) {
        idle_ = true;
        timer_ = service_.timer_.After(absl::Milliseconds(sync::kSignOfLifeEvery),
                                       [weak = weak_from_this()] {
                                         if (auto self = weak.lock()) self->SignOfLife();
                                       });
        return;
      }
    }
    Schedule();
  }

  void SignOfLife() {
    {
      MutexLock lock(mutex_);
      if (!std::exchange(idle_, false)) return;
    }
    Send(cursor_->SignOfLife());
  }

  void End(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      if (std::exchange(finished_, true)) return;
    }
    Finish(wire::ToGrpc(status));
  }

  SyncService& service_;
  const absl::StatusOr<Spki> caller_;
  const v1::PullRequest request_;
  driver::SyncHost host_;
  std::unique_ptr<sync::PullCursor> cursor_;
  v1::Frame current_;
  bool live_told_ = false;
  std::shared_ptr<PullStream> self_;  // gRPC's share, until OnDone
  base::Mutex mutex_;
  Timer::Id timer_ ABSL_GUARDED_BY(mutex_){};
  bool idle_ ABSL_GUARDED_BY(mutex_) = false;
  bool news_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

grpc::ServerWriteReactor<v1::Frame>* SyncService::Pull(Context* context,
                                                       const v1::PullRequest* request) {
  auto stream = std::make_shared<PullStream>(this, Caller(*context), *request);
  {
    MutexLock lock(mutex_);
    live_.emplace(stream.get(), stream);
  }
  stream->Begin();
  return stream.get();
}

void SyncService::Leave(PullStream* stream) {
  MutexLock lock(mutex_);
  live_.erase(stream);
}

bool SyncService::Stopping() {
  MutexLock lock(mutex_);
  return stopping_;
}

void SyncService::WakeLive() {
  std::vector<std::shared_ptr<PullStream>> streams;
  {
    MutexLock lock(mutex_);
    for (auto& [raw, weak] : live_) {
      if (auto stream = weak.lock()) streams.push_back(std::move(stream));
    }
  }
  for (auto& stream : streams) stream->Wake();
}

void SyncService::Stop() {
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  WakeLive();
}

}  // namespace entente::rpc
