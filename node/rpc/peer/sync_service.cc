#include "node/rpc/peer/sync_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/rpc/chunk_stream.h"
#include "node/rpc/frame_ingest.h"
#include "node/rpc/peer/inbound_moved.h"
#include "node/rpc/tls/peer_credentials.h"
#include "node/rpc/unary.h"
#include "node/runtime/log.h"
#include "node/sync/answers.h"
#include "node/sync/frame.h"
#include "node/sync/pull_cursor.h"

namespace entente::rpc {

using absl::StatusCode;
using base::Error;
using base::MutexLock;
using base::Spki;

namespace {

// As many as one connection may carry streams (server.cc); an honest peer has a handful open for
// each instrument.
constexpr size_t kCallsPerPeerMax = 64;
// What they may hold in all: four pushes of the largest frames, with some to spare.
constexpr size_t kCallBytesPerPeerMax = 48 << 20;
constexpr size_t kWhyBytesMax = 300;

// A Pull's request is kept by the stream and by its cursor, beside gRPC's own.
size_t BytesOf(const v1::PullRequest& request) { return 3 * request.SpaceUsedLong(); }
// A frame is decoded, and then taken apart.
size_t BytesOf(const v1::PushRequest& request) {
  return request.SpaceUsedLong() +
         2 * std::min<size_t>(request.frame().body_size(), sync::kFrameDecodedBytesMax);
}
template <class Request>
size_t BytesOf(const Request& request) {
  return request.SpaceUsedLong();
}

// What a peer did that it may not do: one line in ten seconds for each kind of call of a peer.
absl::Status Told(const Spki& peer, const char* call, absl::Status status) {
  if (absl::IsInvalidArgument(status) || base::ReasonOf(status) == "LIMIT_EXCEEDED") {
    runtime::LogEvery(absl::StrCat("peer_fault/", peer.Short(), "/", call), absl::Seconds(10),
                      runtime::LogLevel::kWarning, "peer_fault",
                      {{"peer", peer.ToHex()},
                       {"call", call},
                       {"why", status.message().substr(0, kWhyBytesMax)}});
  }
  return status;
}

}  // namespace

SyncService::SyncService(NodeCore* core, Peers* peers, runtime::WorkerPool* pool)
    : core_(*core),
      peers_(*peers),
      pool_(*pool),
      open_calls_(kCallsPerPeerMax, kCallBytesPerPeerMax) {
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

absl::StatusOr<SyncService::Admitted> SyncService::Admit(const Context& context, size_t bytes) {
  ASSIGN_OR_RETURN(const Spki peer, Caller(context));
  std::shared_ptr<const void> place = open_calls_.Take(peer, bytes);
  if (place == nullptr) {
    return Told(peer, "any",
                Error(StatusCode::kResourceExhausted, "LIMIT_EXCEEDED",
                      absl::StrCat("of one peer at most ", kCallsPerPeerMax,
                                   " calls that hold at most ", kCallBytesPerPeerMax >> 20,
                                   " MiB may be open; end some and try again")));
  }
  return Admitted{peer, std::move(place)};
}

template <class Request, class Answer>
grpc::ServerUnaryReactor* SyncService::AnswerOne(Context* context, const char* call,
                                                 const Request* request, Answer answer) {
  return OnPool(
      context, pool_,
      [call, caller = Admit(*context, BytesOf(*request)), request, answer]() -> absl::Status {
        RETURN_IF_ERROR(caller.status());
        return Told(caller->peer, call, answer(caller->peer, *request));
      });
}

template <class Chunk, class Request, class Answer>
grpc::ServerWriteReactor<Chunk>* SyncService::AnswerChunks(Context* context, const char* call,
                                                           const Request* request, Answer answer) {
  absl::StatusOr<Admitted> caller = Admit(*context, BytesOf(*request));
  return ChunkStream<Chunk>::Start(
      pool_, caller.ok() ? caller->place : nullptr,
      [call, caller, request = *request, answer]() -> absl::StatusOr<std::vector<Chunk>> {
        RETURN_IF_ERROR(caller.status());
        absl::StatusOr<std::vector<Chunk>> chunks = answer(caller->peer, request);
        if (!chunks.ok()) return Told(caller->peer, call, chunks.status());
        return chunks;
      });
}

grpc::ServerUnaryReactor* SyncService::Hello(Context* context, const v1::HelloRequest* request,
                                             v1::HelloReply* reply) {
  return AnswerOne(context, "Hello", request,
                   [this, reply](const Spki& peer, const v1::HelloRequest& hello) -> absl::Status {
                     driver::SyncHost host = core_.NewSyncHost();
                     ASSIGN_OR_RETURN(
                         *reply,
                         sync::AnswerHello(host, peer, hello,
                                           static_cast<sync::Millis>(core_.clock().WallMs())));
                     bool equal = reply->instruments_size() > 0;
                     for (const v1::InstrumentReply& instrument : reply->instruments())
                       equal = equal && instrument.equal();
                     peers_.InboundContact(peer, hello.clock_ms());
                     if (equal) peers_.InboundEqual(peer);
                     if (reply->instruments_size() > 0 && !equal && !hello.plan() &&
                         !peers_.Grant(peer, hello.insist())) {
                       reply->clear_instruments();
                       reply->set_yield(true);
                     }
                     peers_.AddMoved(peer, BytesMoved(hello, *reply), ModeOf(*reply));
                     return absl::OkStatus();
                   });
}

grpc::ServerWriteReactor<v1::AuthorityChunk>* SyncService::Authority(
    Context* context, const v1::AuthorityRequest* request) {
  return AnswerChunks<v1::AuthorityChunk>(
      context, "Authority", request, [this](const Spki& peer, const v1::AuthorityRequest& asked) {
        driver::SyncHost host = core_.NewSyncHost();
        auto chunks = sync::AnswerAuthority(host, peer, asked);
        if (chunks.ok()) {
          sync::Moved moved = BytesMoved(asked, *chunks);
          for (const auto& chunk : *chunks)
            moved.notes_sent += static_cast<uint64_t>(chunk.notes_size());
          peers_.AddMoved(peer, moved, sync::Mode::kNone);
        }
        return chunks;
      });
}

grpc::ServerWriteReactor<v1::HeadsChunk>* SyncService::Heads(Context* context,
                                                             const v1::HeadsRequest* request) {
  return AnswerChunks<v1::HeadsChunk>(
      context, "Heads", request, [this](const Spki& peer, const v1::HeadsRequest& asked) {
        driver::SyncHost host = core_.NewSyncHost();
        auto chunks = sync::AnswerHeads(host, peer, asked);
        if (chunks.ok()) peers_.AddMoved(peer, BytesMoved(asked, *chunks), ModeOf(asked));
        return chunks;
      });
}

grpc::ServerUnaryReactor* SyncService::Push(Context* context, const v1::PushRequest* request,
                                            v1::PushReply* reply) {
  return AnswerOne(context, "Push", request,
                   [this, reply](const Spki& peer, const v1::PushRequest& push) -> absl::Status {
                     driver::SyncHost host = core_.NewSyncHost();
                     RETURN_IF_ERROR(sync::CheckPush(host, peer, push).status());
                     const sync::IngestResult result = IngestFrame(core_, peer, push.frame());
                     if (!result.refused.empty()) {
                       runtime::LogEvery("push_refused/" + peer.Short(), absl::Seconds(10),
                                         runtime::LogLevel::kWarning, "push_refused",
                                         {{"peer", peer.ToHex()}, {"why", result.refused[0]}});
                     }
                     ASSIGN_OR_RETURN(*reply, sync::AnswerPush(result));
                     sync::Moved moved = BytesMoved(push, *reply);
                     moved += MovedIn(push.frame());
                     peers_.AddMoved(peer, moved, sync::Mode::kNone);
                     return absl::OkStatus();
                   });
}

grpc::ServerUnaryReactor* SyncService::Agree(Context* context, const v1::AgreeRequest* request,
                                             v1::AgreeReply* reply) {
  return AnswerOne(context, "Agree", request,
                   [this, reply](const Spki& peer, const v1::AgreeRequest& asked) -> absl::Status {
                     driver::SyncHost host = core_.NewSyncHost();
                     ASSIGN_OR_RETURN(*reply, sync::AnswerAgree(host, peer, asked));
                     peers_.AddMoved(peer, BytesMoved(asked, *reply), sync::Mode::kNone);
                     if (reply->agreed()) peers_.InboundDone(peer);
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
  PullStream(SyncService* service, absl::StatusOr<Admitted> caller, const v1::PullRequest& request)
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
    if (live_told_) service_.peers_.InboundLive(caller_->peer, -1);
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
    if (!frame.ok()) {
      return End(caller_.ok() ? Told(caller_->peer, "Pull", frame.status()) : frame.status());
    }
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
    if (service_.peers_.Paused(caller_->peer)) {
      return Error(StatusCode::kUnavailable, "PEER_PAUSED",
                   "this node has paused the exchange; try again later");
    }
    if (!cursor_) {
      ASSIGN_OR_RETURN(cursor_, sync::PullCursor::Open(&host_, caller_->peer, request_));
      if (cursor_->live()) {
        live_told_ = true;
        service_.peers_.InboundLive(caller_->peer, +1);
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
    service_.peers_.AddMoved(caller_->peer, MovedOut(current_), sync::Mode::kNone);
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
  const absl::StatusOr<Admitted> caller_;
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
  auto stream = std::make_shared<PullStream>(this, Admit(*context, BytesOf(*request)), *request);
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
