#include "node/query/attachments.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/blob/chunk_set.h"
#include "node/meaning/attachment.h"
#include "node/meaning/reference.h"
#include "node/meaning/slot.h"
#include "node/merge/slot_value.h"
#include "node/query/records.h"
#include "node/query/table.h"

namespace entente::query {

using absl::StatusCode;
using base::EntryId;
using base::Error;
using blob::BlobId;
using meaning::BinarySize;
using meaning::Finding;

namespace {

absl::StatusOr<v1::BlobRecord> RecordOf(const Views& views, const v1::Attachment& attachment) {
  auto blob = meaning::BlobOf(attachment);
  if (!blob) return v1::BlobRecord();
  return BlobRecordOf(views.snapshot(), *blob);
}

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

// Reports that stand in the slot, with their version numbers.
struct Standing {
  const v1::Contribution* head;
  v1::Report report;
};
absl::StatusOr<std::vector<Standing>> StandingReports(const Views& views,
                                                      const v1::SlotValue& slot) {
  std::vector<Standing> out;
  for (const v1::Contribution* head : merge::Heads(slot)) {
    if (head->kind() != v1::REPORT) continue;
    ASSIGN_OR_RETURN(const ledger::Entry entry, views.Entry(*EntryId::FromBytes(head->entry())));
    v1::Report report;
    if (report.ParseFromString(entry.payload)) out.push_back({head, std::move(report)});
  }
  return out;
}

absl::Status AddRows(const Views& views, const std::string& reference, const v1::Report& report,
                     bool missing_only, TableBuilder& table) {
  for (const v1::Attachment& attachment : report.attachments()) {
    ASSIGN_OR_RETURN(const v1::BlobRecord record, RecordOf(views, attachment));
    if (missing_only && record.complete() && !Differs(attachment, record)) continue;
    table.Row({reference, attachment.name(), attachment.title(), attachment.kind(),
               attachment.lang(), attachment.media_type(), BinarySize(attachment.size()),
               AttachmentWord(attachment, record), record.wanted() ? "yes" : "",
               base::ToHex(attachment.sha256())});
  }
  return absl::OkStatus();
}

// Slots of every report that names a content, from the index of attachments.
absl::StatusOr<std::set<std::string>> SlotsWithAttachments(const Views& views) {
  std::set<std::string> slots;
  auto it = views.snapshot().Scan(
      store::kIndex, meaning::IndexPrefix(views.instrument(), meaning::Index::kAttachments, {}));
  for (; it->Valid(); it->Next()) {
    auto row = meaning::ParseIndexKey(it->key());
    if (!row) continue;
    ASSIGN_OR_RETURN(const ledger::Entry entry, views.Entry(row->entry));
    v1::Report report;
    if (!report.ParseFromString(entry.payload)) continue;
    slots.insert(
        meaning::PrintReportSlot(meaning::SlotOfReport(report, report.common().delegation())));
  }
  RETURN_IF_ERROR(it->status());
  return slots;
}

}  // namespace

absl::StatusOr<v1::BlobRecord> BlobRecordOf(const storage::Snapshot& snapshot, const BlobId& blob) {
  ASSIGN_OR_RETURN(auto row, snapshot.Get(store::kBlobs, blob.Encode()));
  v1::BlobRecord record;
  if (row) record.ParseFromString(*row);
  return record;
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
  if (record.complete()) return "complete";
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
  if (complete == summary.blobs_size()) return std::string("complete");
  return absl::StrCat(complete, " of ", summary.blobs_size(), " here");
}

absl::StatusOr<std::vector<Finding>> PendingAttachments(const Views& views,
                                                        const v1::Report& report) {
  std::vector<Finding> out;
  for (const v1::Attachment& attachment : report.attachments()) {
    ASSIGN_OR_RETURN(const v1::BlobRecord record, RecordOf(views, attachment));
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

absl::StatusOr<v1::Table> ListAttachments(const Views& views, absl::string_view reference,
                                          bool missing_only) {
  TableBuilder table({{"reference", "REFERENCE"},
                      {"name", "NAME"},
                      {"title", "TITLE"},
                      {"kind", "KIND"},
                      {"lang", "LANG"},
                      {"media_type", "TYPE"},
                      {"size", "SIZE"},
                      {"state", "STATE"},
                      {"wanted", "FETCHING"},
                      {"sha256", "SHA-256"}});
  std::set<std::string> slots;
  if (!reference.empty()) {
    ASSIGN_OR_RETURN(const std::string slot, SlotOfText(views, reference));
    slots.insert(slot);
  } else {
    ASSIGN_OR_RETURN(slots, SlotsWithAttachments(views));
  }
  for (const std::string& text : slots) {
    ASSIGN_OR_RETURN(const v1::SlotValue slot, views.Slot(text));
    ASSIGN_OR_RETURN(const std::vector<Standing> reports, StandingReports(views, slot));
    for (const Standing& standing : reports) {
      std::string name = meaning::ReferenceOfSlot(views.code(), text);
      if (reports.size() > 1) {
        absl::StrAppend(&name, "~", EntryId::FromBytes(standing.head->entry())->Short());
      }
      RETURN_IF_ERROR(AddRows(views, name, standing.report, missing_only, table));
    }
  }
  return table.Finish();
}

absl::StatusOr<FoundAttachment> FindAttachment(const Views& views, absl::string_view reference,
                                               absl::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, SlotOfText(views, reference));
  ASSIGN_OR_RETURN(const v1::SlotValue slot, views.Slot(text));
  ASSIGN_OR_RETURN(const std::vector<Standing> reports, StandingReports(views, slot));
  std::optional<FoundAttachment> found;
  std::set<std::string> names;
  for (const Standing& standing : reports) {
    for (const v1::Attachment& attachment : standing.report.attachments()) {
      names.insert(attachment.name());
      auto blob = meaning::BlobOf(attachment);
      if (attachment.name() != base::Str(name) || !blob) continue;
      if (found && found->blob != *blob) {
        return Error(StatusCode::kAborted, "HEAD_MOVED",
                     absl::StrCat("versions in conflict give the name \"", name,
                                  "\" to different contents; entente draft merge ", reference,
                                  " settles it"));
      }
      found = FoundAttachment{attachment, *blob};
    }
  }
  if (found) return *found;
  if (reports.empty()) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat("no report stands under ", reference,
                              " here; it may not have been received yet"));
  }
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               absl::StrCat(reference, " has no attachment \"", name, "\"; it has ",
                            names.empty() ? "none" : absl::StrJoin(names, ", ")));
}

}  // namespace entente::query
