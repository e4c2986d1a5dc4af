#include "node/rpc/question/question_service.h"

#include "node/base/status_macros.h"
#include "node/query/changes.h"
#include "node/query/search.h"
#include "node/query/series.h"
#include "node/rpc/local/asked.h"
#include "node/rpc/unary.h"

namespace entente::rpc {

using Unary = QuestionService::Unary;

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

}  // namespace entente::rpc
