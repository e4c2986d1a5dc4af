// The Register service: what other nodes ask of this one about registers. The peer is whoever its
// TLS key says; every message asks for its access to the instrument again.
#pragma once

#include "entente/v1/register.grpc.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/live_stream.h"
#include "node/rpc/peer/peer_gate.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/peer/request_arrival.h"
#include "node/rpc/register/registrar.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class RegisterService final : public v1::Register::CallbackService {
 public:
  // All outlive the service; Stop() before the server shuts down, so that live streams end.
  RegisterService(NodeCore* core, Peers* peers, Registrar* registrar, const Identity* identity,
                  runtime::WorkerPool* pool);
  ~RegisterService() override;
  void Stop();

  using Context = grpc::CallbackServerContext;
  grpc::ServerWriteReactor<v1::RegisterNews>* News(Context* context,
                                                   const v1::NewsRequest* request) override;
  grpc::ServerUnaryReactor* Offer(Context* context, const v1::RegisterNews* request,
                                  v1::OfferReply* reply) override;
  grpc::ServerUnaryReactor* AddCheckpoint(Context* context, const v1::AddCheckpointRequest* request,
                                          v1::AddCheckpointReply* reply) override;
  grpc::ServerUnaryReactor* Receipt(Context* context, const v1::ReceiptRequest* request,
                                    v1::ReceiptReply* reply) override;

 private:
  class NewsStream;

  // Runs `answer(peer)` on the pool for a peer that is let in.
  template <class Request, class Answer>
  grpc::ServerUnaryReactor* AnswerOne(Context* context, const char* call, const Request* request,
                                      Answer answer);
  // May this peer have entries of the instrument now?
  absl::StatusOr<base::InstrumentId> Allowed(const base::Spki& peer, const std::string& instrument);
  absl::Status TakeOffer(const base::Spki& peer, const v1::RegisterNews& news,
                         v1::OfferReply& reply);
  absl::Status AnswerReceipts(const base::Spki& peer, const v1::ReceiptRequest& request,
                              v1::ReceiptReply& reply);

  NodeCore& core_;
  Registrar& registrar_;
  const Identity& identity_;
  runtime::WorkerPool& pool_;
  PeerGate gate_;
  RequestArrival arrival_{&gate_};
  LiveStreams streams_;
  int subscription_ = 0;
};

}  // namespace entente::rpc
