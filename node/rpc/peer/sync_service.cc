#include "node/rpc/peer/sync_service.h"

#include <algorithm>
#include <utility>

#include "node/base/status_macros.h"
#include "node/rpc/chunk_stream.h"
#include "node/rpc/frame_ingest.h"
#include "node/rpc/peer/inbound_moved.h"
#include "node/rpc/refused.h"
#include "node/rpc/unary.h"
#include "node/runtime/log.h"
#include "node/sync/contact/answers.h"
#include "node/sync/contact/pull_cursor.h"
#include "node/sync/frame/frame.h"

namespace entente::rpc {

using base::Spki;

namespace {

// As many as one connection may carry streams (server.cc); an honest peer has a handful open for
// each instrument.
constexpr size_t kCallsPerPeerMax = 64;
// What they may hold in all: four pushes of the largest frames, with some to spare.
constexpr size_t kCallBytesPerPeerMax = 48 << 20;

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

}  // namespace

SyncService::SyncService(NodeCore* core, Peers* peers, runtime::WorkerPool* pool,
                         runtime::WorkerPool* frame_pool)
    : core_(*core),
      peers_(*peers),
      pool_(*pool),
      frame_pool_(*frame_pool),
      gate_("Sync", peers, {kCallsPerPeerMax, kCallBytesPerPeerMax}) {
  // In the order of the proto file, as gRPC numbers them.
  MarkMethodStreamed(0, arrival_.Of(this, &SyncService::Hello));
  MarkMethodStreamed(1, arrival_.Of(this, &SyncService::Authority));
  MarkMethodStreamed(2, arrival_.Of(this, &SyncService::Heads));
  MarkMethodStreamed(3, arrival_.Of(this, &SyncService::Pull));
  MarkMethodStreamed(4, arrival_.Of(this, &SyncService::Push));
  MarkMethodStreamed(5, arrival_.Of(this, &SyncService::Agree));
  subscription_ = core_.Subscribe([this](const store::PublishedPtr&) { streams_.WakeAll(); });
}

SyncService::~SyncService() { Stop(); }

template <class Request, class Answer>
grpc::ServerUnaryReactor* SyncService::AnswerOne(Context* context, const char* call,
                                                 const Request* request, Answer answer) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, BytesOf(*request));
  if (!caller.ok()) return RefusedCall(context, caller.status());
  return OnPool(context, pool_, caller->place, [this, call, peer = caller->peer, request, answer] {
    return gate_.Told(peer, call, answer(peer, *request));
  });
}

template <class Chunk, class Request, class Answer>
grpc::ServerWriteReactor<Chunk>* SyncService::AnswerChunks(Context* context, const char* call,
                                                           const Request* request, Answer answer) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, BytesOf(*request));
  if (!caller.ok()) return new RefusedStream<Chunk>(caller.status());
  return ChunkStream<Chunk>::Start(pool_, caller->place,
                                   [this, call, peer = caller->peer, request = *request,
                                    answer]() -> absl::StatusOr<std::vector<Chunk>> {
                                     absl::StatusOr<std::vector<Chunk>> chunks =
                                         answer(peer, request);
                                     if (chunks.ok()) return chunks;
                                     return gate_.Told(peer, call, chunks.status());
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
                     if (reply->agreed()) peers_.InboundAgreed(peer);
                     return absl::OkStatus();
                   });
}

// The answer to one Pull.
class SyncService::PullStream final : public LiveStream<v1::Frame> {
 public:
  PullStream(SyncService* service, PeerGate::Admitted caller, const v1::PullRequest& request)
      : LiveStream(&service->streams_, &service->frame_pool_),
        service_(*service),
        caller_(std::move(caller)),
        request_(request),
        host_(service->core_.NewSyncHost()) {}

 private:
  absl::StatusOr<std::optional<v1::Frame>> Next() override {
    absl::StatusOr<std::optional<v1::Frame>> frame = NextFrame();
    if (!frame.ok()) return service_.gate_.Told(caller_.peer, "Pull", frame.status());
    return frame;
  }
  absl::StatusOr<std::optional<v1::Frame>> NextFrame() {
    RETURN_IF_ERROR(service_.gate_.StillWelcome(caller_.peer));
    if (!cursor_) {
      ASSIGN_OR_RETURN(cursor_, sync::PullCursor::Open(&host_, caller_.peer, request_));
      if (cursor_->live()) {
        live_told_ = true;
        service_.peers_.InboundLive(caller_.peer, +1);
      }
    }
    return cursor_->NextFrame(static_cast<sync::Millis>(service_.core_.clock().SteadyMs()));
  }
  bool live() const override { return cursor_->live(); }
  void Sending(const v1::Frame& frame) override {
    service_.peers_.AddMoved(caller_.peer, MovedOut(frame), sync::Mode::kNone);
  }
  SignOfLife sign_of_life() override {
    return {&service_.timer_, absl::Milliseconds(sync::kSignOfLifeEvery)};
  }
  v1::Frame MakeSignOfLife() override { return cursor_->SignOfLife(); }
  void Left() override {
    if (live_told_) service_.peers_.InboundLive(caller_.peer, -1);
  }

  SyncService& service_;
  const PeerGate::Admitted caller_;
  const v1::PullRequest request_;
  driver::SyncHost host_;
  std::unique_ptr<sync::PullCursor> cursor_;
  bool live_told_ = false;
};

grpc::ServerWriteReactor<v1::Frame>* SyncService::Pull(Context* context,
                                                       const v1::PullRequest* request) {
  absl::StatusOr<PeerGate::Admitted> caller = gate_.Admit(*context, BytesOf(*request));
  if (!caller.ok()) return new RefusedStream<v1::Frame>(caller.status());
  auto stream = std::make_shared<PullStream>(this, *std::move(caller), *request);
  stream->Begin();
  return stream.get();
}

void SyncService::Stop() {
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
  streams_.Stop();
}

}  // namespace entente::rpc
