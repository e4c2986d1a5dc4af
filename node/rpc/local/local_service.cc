#include "node/rpc/local/local_service.h"

#include "node/base/status_macros.h"
#include "node/query/desk/brief.h"
#include "node/query/record/records.h"
#include "node/query/round/round_close.h"
#include "node/query/round/round_tables.h"
#include "node/query/view/directory.h"
#include "node/rpc/local/asked.h"
#include "node/rpc/local/authority_calls.h"
#include "node/rpc/local/draft_calls.h"
#include "node/rpc/local/entry_calls.h"
#include "node/rpc/local/node_calls.h"
#include "node/rpc/message_stream.h"
#include "node/rpc/reader_language.h"
#include "node/rpc/unary.h"
#include "node/store/view_digest.h"

namespace entente::rpc {

namespace {

// Answers a question about one instrument over one snapshot, and says how fresh the answer is.
template <class Ask>
absl::Status Answer(NodeCore& core, Peers& peers, const std::string& instrument_code,
                    const std::string& as_of, const std::string& language, v1::Table& table,
                    Ask ask) {
  ASSIGN_OR_RETURN(const auto asked, Asked::About(core, peers, instrument_code, as_of));
  absl::StatusOr<v1::Table> answer = ask(*asked);
  RETURN_IF_ERROR(answer.status());
  table = *std::move(answer);
  return asked->Finish(table, language);
}

}  // namespace

using Unary = LocalService::Unary;
using Context = LocalService::Context;

Unary* LocalService::GetNode(Context* context, const v1::GetNodeRequest*, v1::Node* response) {
  return OnPool(context, pool_, [this, response] {
    rpc::GetNode(core_, *response);
    return absl::OkStatus();
  });
}

Unary* LocalService::GetStatus(Context* context, const v1::GetStatusRequest* request,
                               v1::NodeStatus* response) {
  return OnPool(context, pool_, [this, request, response] {
    return rpc::GetStatus(core_, peers_, *request, *response);
  });
}

// Calls that are one function of the core, the request and the response.
#define ENTENTE_CALL(Method, Request, Response)                                                   \
  Unary* LocalService::Method(Context* context, const v1::Request* request,                       \
                              v1::Response* response) {                                           \
    return OnPool(context, pool_,                                                                 \
                  [this, request, response] { return rpc::Method(core_, *request, *response); }); \
  }
ENTENTE_CALL(FoundDelegation, FoundDelegationRequest, FoundDelegationResponse)
ENTENTE_CALL(JoinInstrument, JoinInstrumentRequest, JoinInstrumentResponse)
ENTENTE_CALL(PublishNotes, PublishNotesRequest, PublishNotesResponse)
ENTENTE_CALL(GetChain, GetChainRequest, Chain)
ENTENTE_CALL(PrepareEntries, PrepareEntriesRequest, PrepareEntriesResponse)
ENTENTE_CALL(SubmitEntries, SubmitEntriesRequest, SubmitEntriesResponse)
ENTENTE_CALL(CreateDraft, CreateDraftRequest, Draft)
ENTENTE_CALL(GetDraft, GetDraftRequest, Draft)
ENTENTE_CALL(ListDrafts, ListDraftsRequest, ListDraftsResponse)
ENTENTE_CALL(UpdateDraft, UpdateDraftRequest, Draft)
ENTENTE_CALL(CheckDraft, CheckDraftRequest, CheckDraftResponse)
#undef ENTENTE_CALL

Unary* LocalService::ListInstruments(Context* context, const v1::ListInstrumentsRequest*,
                                     v1::ListInstrumentsResponse* response) {
  return OnPool(context, pool_,
                [this, response] { return rpc::ListInstruments(core_, *response); });
}

Unary* LocalService::DeleteDraft(Context* context, const v1::DeleteDraftRequest* request,
                                 v1::DeleteDraftResponse*) {
  return OnPool(context, pool_, [this, request] { return rpc::DeleteDraft(core_, *request); });
}

namespace {

// A table that tells what was not submitted from what was not seen here.
using FreshQuestion = absl::StatusOr<v1::Table> (&)(const query::Views&, const v1::RoundQuestion&,
                                                    const query::FreshnessByCode&, uint64_t now_ms);
absl::StatusOr<v1::Table> WithFreshness(FreshQuestion question, const Asked& asked,
                                        const v1::RoundQuestion& request) {
  ASSIGN_OR_RETURN(const query::FreshnessByCode* freshness, asked.Freshness());
  return question(asked.views(), request, *freshness, asked.present().now_ms);
}

}  // namespace

// Questions over the views of the request's instrument.
#define ENTENTE_QUESTION(Method, Request, as_of, expression)                                       \
  Unary* LocalService::Method(Context* context, const v1::Request* request, v1::Table* response) { \
    return OnPool(context, pool_, [this, context, request, response] {                             \
      return Answer(core_, peers_, request->instrument(), as_of, ReaderLanguage(*context),         \
                    *response, [&](const Asked& asked) -> absl::StatusOr<v1::Table> {              \
                      [[maybe_unused]] const query::Views& views = asked.views();                  \
                      return expression;                                                           \
                    });                                                                            \
    });                                                                                            \
  }
ENTENTE_QUESTION(ListDelegations, ListDelegationsRequest, "", query::Delegations(views))
ENTENTE_QUESTION(ListKeys, ListKeysRequest, "", query::Keys(views, request->delegation()))
ENTENTE_QUESTION(ListRecords, ListRecordsRequest, request->as_of(),
                 query::ListRecords(views, *request, asked.present().now_ms))
ENTENTE_QUESTION(Missing, RoundQuestion, request->as_of(),
                 WithFreshness(query::Missing, asked, *request))
ENTENTE_QUESTION(Rate, RoundQuestion, request->as_of(), query::Rate(views, *request))
ENTENTE_QUESTION(Matrix, RoundQuestion, request->as_of(),
                 WithFreshness(query::Matrix, asked, *request))
ENTENTE_QUESTION(Conflicts, ConflictsRequest, request->as_of(),
                 query::Conflicts(views, request->delegation()))
ENTENTE_QUESTION(History, HistoryRequest, request->as_of(),
                 query::History(views, request->reference()))
ENTENTE_QUESTION(Where, WhereRequest, request->as_of(), query::Where(views, request->reference()))
ENTENTE_QUESTION(Todo, TodoRequest, request->as_of(),
                 query::Todo(views,
                             request->delegation().empty() ? asked.OwnCode()
                                                           : request->delegation(),
                             asked.present().now_ms, &core_.records()))
#undef ENTENTE_QUESTION

Unary* LocalService::GetRecord(Context* context, const v1::GetRecordRequest* request,
                               v1::Record* response) {
  return OnPool(context, pool_, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto asked,
                     Asked::About(core_, peers_, request->instrument(), request->as_of()));
    ASSIGN_OR_RETURN(*response, query::GetRecord(asked->views(), request->reference()));
    ASSIGN_OR_RETURN(*response->mutable_freshness(), asked->FreshnessLine());
    return absl::OkStatus();
  });
}

Unary* LocalService::PrepareRoundClose(Context* context,
                                       const v1::PrepareRoundCloseRequest* request,
                                       v1::RoundClose* response) {
  return OnPool(context, pool_, [this, request, response]() -> absl::Status {
    const store::PublishedPtr published = core_.published();
    ASSIGN_OR_RETURN(base::InstrumentId instrument,
                     InstrumentOf(*published, request->instrument()));
    auto snapshot = core_.NewSnapshot();
    const query::Views views(snapshot.get(), published.get(), instrument);
    ASSIGN_OR_RETURN(*response, query::MakeRoundClose(views, request->round()));
    return absl::OkStatus();
  });
}

Unary* LocalService::ListPeers(Context* context, const v1::ListPeersRequest*, v1::Table* response) {
  return OnPool(context, pool_, [this, response]() -> absl::Status {
    ASSIGN_OR_RETURN(*response, peers_.List());
    return absl::OkStatus();
  });
}

Unary* LocalService::UpdatePeer(Context* context, const v1::UpdatePeerRequest* request,
                                v1::UpdatePeerResponse* response) {
  return OnPool(context, pool_,
                [this, request, response] { return peers_.Update(*request, *response); });
}

grpc::ServerWriteReactor<v1::SyncProgress>* LocalService::Sync(Context*,
                                                               const v1::SyncRequest* request) {
  return MessageStream<v1::SyncProgress>::Start(
      pool_, [this, request = *request](const MessageStream<v1::SyncProgress>::Write& write) {
        return peers_.SyncNow(request, write);
      });
}

grpc::ServerWriteReactor<v1::LogChunk>* LocalService::ExportLog(
    Context*, const v1::ExportLogRequest* request) {
  return MessageStream<v1::LogChunk>::Start(
      pool_, [this, request = *request](const MessageStream<v1::LogChunk>::Write& write) {
        return rpc::ExportLog(core_, request, write);
      });
}

grpc::ServerWriteReactor<v1::BriefPart>* LocalService::Brief(Context*,
                                                             const v1::BriefQuestion* request) {
  return MessageStream<v1::BriefPart>::Start(
      pool_,
      [this, request = *request](const MessageStream<v1::BriefPart>::Write& write) -> absl::Status {
        ASSIGN_OR_RETURN(const auto asked,
                         Asked::About(core_, peers_, request.instrument(), request.as_of()));
        const query::Views& views = asked->views();
        query::BriefBasis basis{asked->as_of().frontier, std::nullopt, asked->as_of().words};
        if (!views.restricted()) {
          ASSIGN_OR_RETURN(basis.view, store::ViewDigest(views.snapshot(), views.instrument()));
        }
        return query::Brief(views, request, basis, write);
      });
}

}  // namespace entente::rpc
