#include "node/query/record/export.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/query/record/records.h"
#include "node/query/view/report_slots.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

bool WantedReport(const v1::ExportRequest& request, const std::string& slot_text) {
  const auto slot = meaning::ParseReportSlot(slot_text);
  if (!slot) return false;
  if (!request.round().empty() && slot->round != request.round()) return false;
  return request.chapter().empty() || slot->subject == request.chapter() ||
         absl::StartsWith(slot->subject, request.chapter() + "/");
}

absl::StatusOr<std::set<std::string>> SlotsOf(const Views& views,
                                              const v1::ExportRequest& request) {
  const std::string kind = request.kind().empty() ? "report" : request.kind();
  if (!meaning::ParseKind(kind)) {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat("--kind: \"", kind, "\" is not known; known: ",
                              absl::StrJoin(meaning::KindWords(), " ")));
  }
  if (kind == "report") {
    ASSIGN_OR_RETURN(std::set<std::string> slots,
                     ReportSlots(views, request.delegation(), Reports::kAll));
    std::erase_if(slots, [&](const std::string& slot) { return !WantedReport(request, slot); });
    return slots;
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names, views.SlotNames(kind));
  return std::set<std::string>(names.begin(), names.end());
}

}  // namespace

absl::Status Export(const Views& views, const v1::ExportRequest& request,
                    const RecordWrite& write) {
  ASSIGN_OR_RETURN(const std::set<std::string> slots, SlotsOf(views, request));
  for (const std::string& slot : slots) {
    // A slot's text is a reference too.
    const absl::StatusOr<v1::Record> record = GetRecord(views, slot);
    if (record.status().code() == StatusCode::kNotFound) continue;  // not as of then
    RETURN_IF_ERROR(record.status());
    if (!request.delegation().empty() && record->heads(0).delegation() != request.delegation())
      continue;
    if (!write(*record)) return absl::CancelledError("nobody reads the export any more");
  }
  return absl::OkStatus();
}

}  // namespace entente::query
