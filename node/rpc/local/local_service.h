// The Local service: thin reactions that hand each call to the worker pool. What a call does is in
// *_calls and in node/query.
#pragma once

#include "entente/v1/local.grpc.pb.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"
#include "node/runtime/worker_pool.h"

namespace entente::rpc {

class LocalService final : public v1::Local::CallbackService {
 public:
  // All outlive the service.
  LocalService(NodeCore* core, Peers* peers, runtime::WorkerPool* pool)
      : core_(*core), peers_(*peers), pool_(*pool) {}

  using Context = grpc::CallbackServerContext;
  using Unary = grpc::ServerUnaryReactor;

#define ENTENTE_UNARY(Method, Request, Response) \
  Unary* Method(Context* context, const v1::Request* request, v1::Response* response) override
  ENTENTE_UNARY(GetNode, GetNodeRequest, Node);
  ENTENTE_UNARY(GetStatus, GetStatusRequest, NodeStatus);
  ENTENTE_UNARY(FoundDelegation, FoundDelegationRequest, FoundDelegationResponse);
  ENTENTE_UNARY(JoinInstrument, JoinInstrumentRequest, JoinInstrumentResponse);
  ENTENTE_UNARY(PublishNotes, PublishNotesRequest, PublishNotesResponse);
  ENTENTE_UNARY(GetChain, GetChainRequest, Chain);
  ENTENTE_UNARY(ListInstruments, ListInstrumentsRequest, ListInstrumentsResponse);
  ENTENTE_UNARY(ListDelegations, ListDelegationsRequest, Table);
  ENTENTE_UNARY(ListKeys, ListKeysRequest, Table);
  ENTENTE_UNARY(PrepareEntries, PrepareEntriesRequest, PrepareEntriesResponse);
  ENTENTE_UNARY(SubmitEntries, SubmitEntriesRequest, SubmitEntriesResponse);
  ENTENTE_UNARY(CreateDraft, CreateDraftRequest, Draft);
  ENTENTE_UNARY(GetDraft, GetDraftRequest, Draft);
  ENTENTE_UNARY(ListDrafts, ListDraftsRequest, ListDraftsResponse);
  ENTENTE_UNARY(UpdateDraft, UpdateDraftRequest, Draft);
  ENTENTE_UNARY(DeleteDraft, DeleteDraftRequest, DeleteDraftResponse);
  ENTENTE_UNARY(CheckDraft, CheckDraftRequest, CheckDraftResponse);
  ENTENTE_UNARY(ListRecords, ListRecordsRequest, Table);
  ENTENTE_UNARY(GetRecord, GetRecordRequest, Record);
  ENTENTE_UNARY(PrepareRoundClose, PrepareRoundCloseRequest, RoundClose);
  ENTENTE_UNARY(Missing, RoundQuestion, Table);
  ENTENTE_UNARY(Rate, RoundQuestion, Table);
  ENTENTE_UNARY(Matrix, RoundQuestion, Table);
  ENTENTE_UNARY(Conflicts, ConflictsRequest, Table);
  ENTENTE_UNARY(History, HistoryRequest, Table);
  ENTENTE_UNARY(Where, WhereRequest, Table);
  ENTENTE_UNARY(Todo, TodoRequest, Table);
  ENTENTE_UNARY(ListPeers, ListPeersRequest, Table);
  ENTENTE_UNARY(UpdatePeer, UpdatePeerRequest, UpdatePeerResponse);
#undef ENTENTE_UNARY
  grpc::ServerWriteReactor<v1::SyncProgress>* Sync(Context* context,
                                                   const v1::SyncRequest* request) override;
  grpc::ServerWriteReactor<v1::LogChunk>* ExportLog(Context* context,
                                                    const v1::ExportLogRequest* request) override;
  grpc::ServerWriteReactor<v1::BriefPart>* Brief(Context* context,
                                                 const v1::BriefQuestion* request) override;

 private:
  NodeCore& core_;
  Peers& peers_;
  runtime::WorkerPool& pool_;
};

}  // namespace entente::rpc
