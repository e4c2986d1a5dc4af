// The Questions service, on the local socket only: what is asked over all of an instrument. The
// answers are made in node/query.
#pragma once

#include "entente/v1/question.grpc.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/question/lookup_upkeep.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class QuestionService final : public v1::Questions::CallbackService {
 public:
  // All outlive the service.
  QuestionService(NodeCore* core, Peers* peers, LookupUpkeep* lookup, runtime::WorkerPool* pool)
      : core_(*core), peers_(*peers), lookup_(*lookup), pool_(*pool) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;
  Unary* Inbox(Context* context, const v1::InboxRequest* request, v1::Table* response) override;
  Unary* Changes(Context* context, const v1::ChangesRequest* request, v1::Table* response) override;
  Unary* Search(Context* context, const v1::SearchRequest* request, v1::Table* response) override;
  Unary* Series(Context* context, const v1::SeriesRequest* request, v1::Table* response) override;
  grpc::ServerWriteReactor<v1::Record>* Export(Context* context,
                                               const v1::ExportRequest* request) override;

 private:
  NodeCore& core_;
  Peers& peers_;
  LookupUpkeep& lookup_;
  runtime::WorkerPool& pool_;
};

}  // namespace entente::rpc
