// Every method of the node's Local service, as typed constants: local::kMissing is
// "/entente.v1.Local/Missing" from RoundQuestion to Table. The list is checked against the
// service's own descriptor (tests/unit/client/local_methods_test.cc). A further service on the same
// socket has a list of its own beside this one.
#pragma once

#include "client/context/channel.h"
#include "entente/v1/local.pb.h"

// Unary(NAME, REQUEST, RESPONSE), Stream(NAME, REQUEST, RESPONSE)
#define ENTENTE_LOCAL_METHODS(Unary, Stream)                                                      \
  Unary(GetNode, GetNodeRequest, Node) Unary(GetStatus, GetStatusRequest, NodeStatus) Unary(      \
      FoundDelegation, FoundDelegationRequest, FoundDelegationResponse)                           \
      Unary(JoinInstrument, JoinInstrumentRequest, JoinInstrumentResponse) Unary(                 \
          PublishNotes, PublishNotesRequest, PublishNotesResponse) Unary(GetChain,                \
                                                                         GetChainRequest, Chain)  \
          Unary(ListInstruments, ListInstrumentsRequest, ListInstrumentsResponse) Unary(          \
              ListDelegations, ListDelegationsRequest,                                            \
              Table) Unary(ListKeys, ListKeysRequest, Table) Unary(PrepareEntries,                \
                                                                   PrepareEntriesRequest,         \
                                                                   PrepareEntriesResponse)        \
              Unary(SubmitEntries, SubmitEntriesRequest, SubmitEntriesResponse) Unary(            \
                  CreateDraft, CreateDraftRequest, Draft) Unary(GetDraft, GetDraftRequest, Draft) \
                  Unary(ListDrafts, ListDraftsRequest, ListDraftsResponse) Unary(                 \
                      UpdateDraft, UpdateDraftRequest,                                            \
                      Draft) Unary(DeleteDraft, DeleteDraftRequest, DeleteDraftResponse)          \
                      Unary(CheckDraft, CheckDraftRequest, CheckDraftResponse) Unary(             \
                          ListRecords, ListRecordsRequest, Table) Unary(GetRecord,                \
                                                                        GetRecordRequest, Record) \
                          Unary(PrepareRoundClose, PrepareRoundCloseRequest, RoundClose) Unary(   \
                              Missing, RoundQuestion, Table) Unary(Rate, RoundQuestion, Table)    \
                              Unary(Matrix, RoundQuestion, Table) Unary(Conflicts,                \
                                                                        ConflictsRequest, Table)  \
                                  Unary(History, HistoryRequest, Table) Unary(                    \
                                      Where, WhereRequest, Table) Unary(Todo, TodoRequest, Table) \
                                      Stream(Sync, SyncRequest, SyncProgress)                     \
                                          Unary(ListPeers, ListPeersRequest, Table) Unary(        \
                                              UpdatePeer, UpdatePeerRequest, UpdatePeerResponse)  \
                                              Stream(ExportLog, ExportLogRequest, LogChunk)       \
                                                  Stream(Brief, BriefQuestion, BriefPart)

namespace entente::client::local {

#define ENTENTE_UNARY_CONSTANT(Name, Request, Response) \
  inline constexpr Method<v1::Request, v1::Response> k##Name{"/entente.v1.Local/" #Name};
#define ENTENTE_STREAM_CONSTANT(Name, Request, Response) \
  inline constexpr StreamMethod<v1::Request, v1::Response> k##Name{"/entente.v1.Local/" #Name};
ENTENTE_LOCAL_METHODS(ENTENTE_UNARY_CONSTANT, ENTENTE_STREAM_CONSTANT)
#undef ENTENTE_UNARY_CONSTANT
#undef ENTENTE_STREAM_CONSTANT

}  // namespace entente::client::local
