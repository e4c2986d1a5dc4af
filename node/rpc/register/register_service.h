// The Register service: what other nodes ask of this one about registers. The peer is whoever its
// TLS key says; every message asks for its access to the instrument again.
#pragma once

#include <map>
#include <memory>

#include "entente/v1/register.grpc.pb.h"
#include "node/base/mutex.h"
#include "node/rpc/call_limit.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"
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

  struct Caller {
    base::Spki peer;
    std::shared_ptr<const void> place;  // among the peer's open calls
  };
  absl::StatusOr<Caller> Admit(const Context& context, size_t bytes);
  // May this peer have entries of the instrument now?
  absl::StatusOr<base::InstrumentId> Allowed(const base::Spki& peer, const std::string& instrument);
  absl::Status TakeOffer(const v1::RegisterNews& news, v1::OfferReply& reply);
  void Wake();
  void Leave(NewsStream* stream);

  NodeCore& core_;
  Peers& peers_;
  Registrar& registrar_;
  const Identity& identity_;
  runtime::WorkerPool& pool_;
  CallLimit open_calls_;
  int subscription_ = 0;
  base::Mutex mutex_;
  std::map<NewsStream*, std::weak_ptr<NewsStream>> streams_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace entente::rpc
