// The Local service's calls about drafts. Drafts live in this node's store and never replicate; the
// same rules judge them as judge a submission, with or without a network.
#pragma once

#include "entente/v1/local.pb.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

absl::Status CreateDraft(NodeCore& core, const v1::CreateDraftRequest& request,
                         v1::Draft& response);
absl::Status GetDraft(NodeCore& core, const v1::GetDraftRequest& request, v1::Draft& response);
absl::Status ListDrafts(NodeCore& core, const v1::ListDraftsRequest& request,
                        v1::ListDraftsResponse& response);
// Moves: draft <-> finalised -> cleared -> submitted, from cleared back to draft too. The content
// of a finalised or cleared draft does not change (DRAFT_STATE); reopened, it loses its second
// signature.
absl::Status UpdateDraft(NodeCore& core, const v1::UpdateDraftRequest& request,
                         v1::Draft& response);
absl::Status DeleteDraft(NodeCore& core, const v1::DeleteDraftRequest& request);
absl::Status CheckDraft(NodeCore& core, const v1::CheckDraftRequest& request,
                        v1::CheckDraftResponse& response);

}  // namespace entente::rpc
