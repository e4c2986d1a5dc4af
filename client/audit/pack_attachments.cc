#include "client/audit/pack_attachments.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/attachment.h"

namespace entente::client {

std::vector<v1::Attachment> AttachmentsNamed(const ledger::EntryHeader& header,
                                             absl::string_view payload) {
  constexpr uint32_t kFirstSchema = 2;  // that has attachments
  std::vector<v1::Attachment> out;
  v1::Report report;
  if (header.kind != v1::REPORT || header.schema < kFirstSchema ||
      !report.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    return out;
  }
  for (v1::Attachment& one : *report.mutable_attachments()) {
    const bool named = meaning::BlobOf(one).has_value() && base::Digest::FromBytes(one.sha256());
    if (named) out.push_back(std::move(one));
  }
  return out;
}

std::string PackPathOf(const v1::Attachment& attachment) {
  return absl::StrCat(kPackAttachments, base::ToHex(attachment.sha256()));
}

void AddNamed(const std::vector<v1::Attachment>& attachments, NamedAttachments& all) {
  for (const v1::Attachment& one : attachments) {
    std::vector<blob::BlobId>& known = all[PackPathOf(one)];
    const blob::BlobId id = *meaning::BlobOf(one);
    if (std::find(known.begin(), known.end(), id) == known.end()) known.push_back(id);
  }
}

}  // namespace entente::client
