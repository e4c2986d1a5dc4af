#include "node/query/view/attachments.h"

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/base/status_macros.h"
#include "node/blob/chunk_set.h"
#include "node/meaning/record/attachment.h"

namespace entente::query {

using blob::BlobId;
using meaning::BinarySize;
using meaning::Finding;

namespace {

std::string HeldWord(const BlobId& blob, const v1::BlobRecord& record) {
  const uint64_t held = BytesHeld(blob, record);
  if (held == 0) return "not here";
  return absl::StrCat(BinarySize(held), " of ", BinarySize(blob.size), " here");
}

bool Differs(const v1::Attachment& attachment, const v1::BlobRecord& record) {
  return record.complete() && record.sha256() != attachment.sha256();
}

Finding MakeFinding(const char* code, meaning::Severity severity, const std::string& name,
                    const std::string& what) {
  const std::string field = absl::StrCat("attachments[", name, "]");
  return {code, field, absl::StrCat(code, " ", field, ": ", what), severity};
}

Finding NotAsNamed(const std::string& name) {
  return MakeFinding("E-ATT-HASH", meaning::Severity::kFlag, name,
                     "its content is not what its SHA-256 says, so it is not given out; its "
                     "author attaches the right file in a correction");
}

}  // namespace

absl::StatusOr<v1::BlobRecord> BlobRecordOf(const storage::Snapshot& snapshot, const BlobId& blob) {
  ASSIGN_OR_RETURN(auto row, snapshot.Get(store::kBlobs, blob.Encode()));
  v1::BlobRecord record;
  if (row) record.ParseFromString(*row);
  return record;
}

absl::StatusOr<v1::BlobRecord> BlobRecordOf(const Views& views, const v1::Attachment& attachment) {
  const auto blob = meaning::BlobOf(attachment);
  if (!blob) return v1::BlobRecord();
  return BlobRecordOf(views.snapshot(), *blob);
}

uint64_t BytesHeld(const BlobId& blob, const v1::BlobRecord& record) {
  const auto set = blob::ChunkSet::Decode(blob.chunks(), record.held());
  const uint32_t last = blob.chunks() - 1;
  uint64_t bytes = uint64_t{set.held()} * blob::kChunkBytes;
  if (set.Has(last)) bytes -= blob::kChunkBytes - blob.chunk_size(last);
  return bytes;
}

std::string AttachmentWord(const v1::Attachment& attachment, const v1::BlobRecord& record) {
  if (Differs(attachment, record)) return "damaged";
  if (record.complete()) return kComplete;
  auto blob = meaning::BlobOf(attachment);
  return blob ? HeldWord(*blob, record) : "not here";
}

absl::StatusOr<std::string> AttachmentsCell(const Views& views, const v1::Contribution& report) {
  v1::ReportSummary summary;
  if (report.kind() != v1::REPORT || !summary.ParseFromString(report.summary()) ||
      summary.blobs().empty()) {
    return std::string();
  }
  int complete = 0;
  for (const std::string& name : summary.blobs()) {
    auto blob = BlobId::Parse(name);
    if (!blob) continue;
    ASSIGN_OR_RETURN(const v1::BlobRecord record, BlobRecordOf(views.snapshot(), *blob));
    if (record.complete()) ++complete;
  }
  if (complete == summary.blobs_size()) return std::string(kComplete);
  return absl::StrCat(complete, " of ", summary.blobs_size(), " here");
}

absl::StatusOr<std::vector<Finding>> PendingAttachments(const Views& views,
                                                        const v1::Report& report) {
  std::vector<Finding> out;
  for (const v1::Attachment& attachment : report.attachments()) {
    ASSIGN_OR_RETURN(const v1::BlobRecord record, BlobRecordOf(views, attachment));
    if (Differs(attachment, record)) {
      out.push_back(NotAsNamed(attachment.name()));
    } else if (!record.complete()) {
      out.push_back(MakeFinding(
          "W-ATT-PENDING", meaning::Severity::kFlag, attachment.name(),
          absl::StrCat("has not arrived yet (", AttachmentWord(attachment, record),
                       "); entente attachment get fetches it from whichever node has it")));
    }
  }
  return out;
}

absl::StatusOr<std::vector<Finding>> CheckContents(const Views& views, const v1::Report& report) {
  std::vector<Finding> out;
  for (const v1::Attachment& attachment : report.attachments()) {
    auto blob = meaning::BlobOf(attachment);
    if (!blob) continue;  // said by the rules
    ASSIGN_OR_RETURN(const v1::BlobRecord record, BlobRecordOf(views.snapshot(), *blob));
    if (record.complete()) {
      if (Differs(attachment, record)) out.push_back(NotAsNamed(attachment.name()));
      continue;
    }
    const std::string named = meaning::IndexPrefix(views.instrument(), meaning::Index::kAttachments,
                                                   meaning::AttachmentFields(*blob));
    if (views.snapshot().Scan(store::kIndex, named)->Valid()) continue;
    out.push_back(
        MakeFinding("E-ATT-HASH", meaning::Severity::kRefuse, attachment.name(),
                    absl::StrCat("its content is not on this node (", HeldWord(*blob, record),
                                 "); attach the file again with entente draft attach")));
  }
  return out;
}

}  // namespace entente::query
