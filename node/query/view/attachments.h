// What is held of the contents that reports name. A report is received when its text is, and
// complete when all its attachments are; what is missing is said and stops nothing.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/attachment.pb.h"
#include "node/blob/blob_id.h"
#include "node/meaning/record/finding.h"
#include "node/query/view/views.h"

namespace entente::query {

// What stands in the store's row; all zero when nothing is known of the content.
absl::StatusOr<v1::BlobRecord> BlobRecordOf(const storage::Snapshot& snapshot,
                                            const blob::BlobId& blob);
// The same of the content that the attachment names; all zero when its name cannot be read.
absl::StatusOr<v1::BlobRecord> BlobRecordOf(const Views& views, const v1::Attachment& attachment);
uint64_t BytesHeld(const blob::BlobId& blob, const v1::BlobRecord& record);
// All of the content is here, and it is what the report says.
inline constexpr char kComplete[] = "complete";
// kComplete, "not here", "1.5 MiB of 61.0 MiB here" or, complete but not what the report's SHA-256
// names, "damaged".
std::string AttachmentWord(const v1::Attachment& attachment, const v1::BlobRecord& record);

// Of one version of a report, for tables: "" without attachments, "complete", "1 of 2 here".
absl::StatusOr<std::string> AttachmentsCell(const Views& views, const v1::Contribution& report);
// W-ATT-PENDING of every attachment that is not complete here, E-ATT-HASH of one that is and has
// other bytes than the report says.
absl::StatusOr<std::vector<meaning::Finding>> PendingAttachments(const Views& views,
                                                                 const v1::Report& report);
// Before signing: E-ATT-HASH of every attachment whose content is not here in full, unless a report
// of the instrument names it already.
absl::StatusOr<std::vector<meaning::Finding>> CheckContents(const Views& views,
                                                            const v1::Report& report);

}  // namespace entente::query
