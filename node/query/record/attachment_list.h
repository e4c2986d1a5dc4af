// Attachments as people ask for them: the list of what reports name, and one by its name.
#pragma once

#include "absl/status/statusor.h"
#include "entente/v1/attachment.pb.h"
#include "node/blob/blob_id.h"
#include "node/query/view/views.h"

namespace entente::query {

// Of one report, or without a reference of all. NOT_FOUND: what is referred to is no report, does
// not stand here, or has no attachments.
absl::StatusOr<v1::Table> ListAttachments(const Views& views, absl::string_view reference,
                                          bool missing_only);

struct FoundAttachment {
  v1::Attachment attachment;
  blob::BlobId blob;
};
// Among all versions that stand under the reference. NOT_FOUND lists the names there are;
// ABORTED (HEAD_MOVED) when versions in conflict give the name to different contents.
absl::StatusOr<FoundAttachment> FindAttachment(const Views& views, absl::string_view reference,
                                               absl::string_view name);

}  // namespace entente::query
