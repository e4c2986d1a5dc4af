// Contents of attachments in an audit pack: attachments/SHA256, named by reports as payloads are
// named by entries.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/payload.pb.h"
#include "node/blob/blob_id.h"
#include "node/ledger/entry.h"

namespace entente::client {

inline constexpr char kPackAttachments[] = "attachments/";

// What the payload names, if it is a report's; as far as it names something that can be.
std::vector<v1::Attachment> AttachmentsNamed(const ledger::EntryHeader& header,
                                             absl::string_view payload);
std::string PackPathOf(const v1::Attachment& attachment);

// By path in the pack. An honest report gives a SHA-256 one root and size; of a dishonest one the
// others are kept beside.
using NamedAttachments = std::map<std::string, std::vector<blob::BlobId>>;
void AddNamed(const std::vector<v1::Attachment>& attachments, NamedAttachments& all);

}  // namespace entente::client
