#include "node/rpc/question/question_service.h"

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/query/desk/inbox.h"
#include "node/query/record/changes.h"
#include "node/query/record/export.h"
#include "node/query/record/series.h"
#include "node/query/search/search.h"
#include "node/rpc/local/asked.h"
#include "node/rpc/message_stream.h"
#include "node/rpc/unary.h"

namespace entente::rpc {

using Unary = QuestionService::Unary;

namespace {

absl::StatusOr<query::InboxRole> RoleOf(const Asked& asked, const std::string& word) {
  if (word.empty()) return query::UsualRole(asked.views(), asked.OwnCode());
  if (word == "desk") return query::InboxRole::kDesk;
  if (word == "delegation") return query::InboxRole::kDelegation;
  return base::Error(absl::StatusCode::kInvalidArgument, "USAGE", "--role: known: desk delegation");
}

}  // namespace

Unary* QuestionService::Inbox(Context* context, const v1::InboxRequest* request,
                              v1::Table* response) {
  return OnPool(context, pool_, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto asked,
                     Asked::About(core_, peers_, request->instrument(), request->as_of()));
    ASSIGN_OR_RETURN(const query::InboxRole role, RoleOf(*asked, request->role()));
    ASSIGN_OR_RETURN(*response, query::Inbox(asked->views(), role, asked->OwnCode(),
                                             request->page_size(), asked->present().now_ms));
    return asked->Finish(*response);
  });
}

Unary* QuestionService::Changes(Context* context, const v1::ChangesRequest* request,
                                v1::Table* response) {
  return OnPool(context, pool_, [this, request, response]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto asked, Asked::About(core_, peers_, request->instrument()));
    ASSIGN_OR_RETURN(*response, query::Changes(asked->views(), *request));
    return asked->Finish(*response);
  });
}

// Both read the lookup rows, which must reach as far as the log.
Unary* QuestionService::Search(Context* context, const v1::SearchRequest* request,
                               v1::Table* response) {
  return OnPool(context, pool_, [this, request, response]() -> absl::Status {
    RETURN_IF_ERROR(lookup_.CatchUp());
    ASSIGN_OR_RETURN(const auto asked,
                     Asked::About(core_, peers_, request->instrument(), request->as_of()));
    ASSIGN_OR_RETURN(*response, query::Search(asked->views(), *request));
    return asked->Finish(*response);
  });
}

Unary* QuestionService::Series(Context* context, const v1::SeriesRequest* request,
                               v1::Table* response) {
  return OnPool(context, pool_, [this, request, response]() -> absl::Status {
    RETURN_IF_ERROR(lookup_.CatchUp());
    ASSIGN_OR_RETURN(const auto asked,
                     Asked::About(core_, peers_, request->instrument(), request->as_of()));
    ASSIGN_OR_RETURN(*response, query::Series(asked->views(), *request));
    return asked->Finish(*response);
  });
}

grpc::ServerWriteReactor<v1::Record>* QuestionService::Export(Context*,
                                                              const v1::ExportRequest* request) {
  return MessageStream<v1::Record>::Start(
      pool_,
      [this, request = *request](const MessageStream<v1::Record>::Write& write) -> absl::Status {
        ASSIGN_OR_RETURN(const auto asked,
                         Asked::About(core_, peers_, request.instrument(), request.as_of()));
        RETURN_IF_ERROR(query::Export(asked->views(), request, write));
        v1::Record last;
        ASSIGN_OR_RETURN(*last.mutable_freshness(), asked->FreshnessLine());
        if (!write(last)) return absl::CancelledError("nobody reads the export any more");
        return absl::OkStatus();
      });
}

}  // namespace entente::rpc
