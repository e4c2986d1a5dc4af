#include "node/query/record/attachment_list.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/attachment.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/merge/slot_value.h"
#include "node/query/record/records.h"
#include "node/query/view/attachments.h"
#include "node/query/view/table.h"

namespace entente::query {

using absl::StatusCode;
using base::EntryId;
using base::Error;

namespace {

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
    ASSIGN_OR_RETURN(const v1::BlobRecord record, BlobRecordOf(views, attachment));
    const std::string state = AttachmentWord(attachment, record);
    if (missing_only && state == kComplete) continue;
    table.Row({reference, attachment.name(), attachment.title(), attachment.kind(),
               attachment.lang(), attachment.media_type(), meaning::BinarySize(attachment.size()),
               state, record.wanted() ? "yes" : "", base::ToHex(attachment.sha256())});
  }
  return absl::OkStatus();
}

// What a person named has to be a report.
absl::Status CheckReport(const v1::SlotValue& slot, const std::vector<Standing>& reports,
                         absl::string_view reference) {
  if (!reports.empty()) return absl::OkStatus();
  if (!merge::Heads(slot).empty()) {
    return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                 absl::StrCat(reference, " is no report, and only reports have attachments"));
  }
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               absl::StrCat("no report stands under ", reference,
                            " here; it may not have been received yet"));
}

// And to have some.
absl::Status CheckNames(const v1::SlotValue& slot, const std::vector<Standing>& reports,
                        absl::string_view reference) {
  RETURN_IF_ERROR(CheckReport(slot, reports, reference));
  for (const Standing& standing : reports) {
    if (!standing.report.attachments().empty()) return absl::OkStatus();
  }
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               absl::StrCat(reference, " has no attachments"));
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
    slots.insert(meaning::ReportSlotText(report, report.common().delegation()));
  }
  RETURN_IF_ERROR(it->status());
  return slots;
}

}  // namespace

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
    if (!reference.empty()) RETURN_IF_ERROR(CheckNames(slot, reports, reference));
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
  RETURN_IF_ERROR(CheckReport(slot, reports, reference));
  return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
               absl::StrCat(reference, " has no attachment \"", name, "\"; it has ",
                            names.empty() ? "none" : absl::StrJoin(names, ", ")));
}

}  // namespace entente::query
