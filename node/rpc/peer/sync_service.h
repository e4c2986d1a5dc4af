// The Sync service: the answering side of a contact. Thin reactions over node/sync/answers and
// PullCursor; the peer is whoever its TLS key says, and every call asks for its access again.
#pragma once

#include "entente/v1/sync.grpc.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/live_stream.h"
#include "node/rpc/peer/peer_gate.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/peer/request_arrival.h"
#include "node/runtime/timer.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class SyncService final : public v1::Sync::CallbackService {
 public:
  // All outlive the service; Stop() before the server shuts down, so that live streams end. The
  // answers to Pulls are made on `frame_pool`, everything else on `pool`.
  SyncService(NodeCore* core, Peers* peers, runtime::WorkerPool* pool,
              runtime::WorkerPool* frame_pool);
  ~SyncService() override;
  void Stop();

  using Context = grpc::CallbackServerContext;
  grpc::ServerUnaryReactor* Hello(Context* context, const v1::HelloRequest* request,
                                  v1::HelloReply* reply) override;
  grpc::ServerWriteReactor<v1::AuthorityChunk>* Authority(
      Context* context, const v1::AuthorityRequest* request) override;
  grpc::ServerWriteReactor<v1::HeadsChunk>* Heads(Context* context,
                                                  const v1::HeadsRequest* request) override;
  grpc::ServerWriteReactor<v1::Frame>* Pull(Context* context,
                                            const v1::PullRequest* request) override;
  grpc::ServerUnaryReactor* Push(Context* context, const v1::PushRequest* request,
                                 v1::PushReply* reply) override;
  grpc::ServerUnaryReactor* Agree(Context* context, const v1::AgreeRequest* request,
                                  v1::AgreeReply* reply) override;

 private:
  class PullStream;

  // Run `answer(peer, request)` on the pool for a peer that is let in; a peer at fault is logged
  // under the call's name. `request` lives as long as the call in the first, is copied in the
  // other.
  template <class Request, class Answer>
  grpc::ServerUnaryReactor* AnswerOne(Context* context, const char* call, const Request* request,
                                      Answer answer);
  template <class Chunk, class Request, class Answer>
  grpc::ServerWriteReactor<Chunk>* AnswerChunks(Context* context, const char* call,
                                                const Request* request, Answer answer);

  NodeCore& core_;
  Peers& peers_;
  runtime::WorkerPool& pool_;
  runtime::WorkerPool& frame_pool_;
  PeerGate gate_;
  RequestArrival arrival_{&gate_};
  runtime::Timer timer_;
  LiveStreams streams_;  // every open Pull
  int subscription_ = 0;
};

}  // namespace entente::rpc
