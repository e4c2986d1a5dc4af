// What a report says of a file that belongs to it, and the limits of that.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/payload.pb.h"
#include "node/blob/blob_id.h"

namespace entente::meaning {

inline constexpr int kAttachmentsMax = 32;          // of one report
inline constexpr size_t kAttachmentNameMax = 200;   // characters
inline constexpr size_t kAttachmentTitleMax = 500;  // characters

// Nothing when root or size cannot name a content.
std::optional<blob::BlobId> BlobOf(const v1::Attachment& attachment);

// Fields of its row in Index::kAttachments.
std::vector<std::string> AttachmentFields(const blob::BlobId& blob);
// And back; nothing when they are none.
std::optional<blob::BlobId> BlobOfFields(const std::vector<std::string>& fields);

// "type/subtype" of RFC 6838, lower case, without parameters.
bool IsMediaType(absl::string_view text);
// By the name's ending; "application/octet-stream" for what is not known.
std::string GuessMediaType(absl::string_view name);
// A name that makes a file beside others wherever it is saved: no folder, not "." or "..", no
// leading or trailing space, 1 to kAttachmentNameMax characters.
bool IsAttachmentName(absl::string_view name);

// "61.0 MiB": three digits at most before the unit.
std::string BinarySize(uint64_t bytes);

}  // namespace entente::meaning
