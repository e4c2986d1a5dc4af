#include "node/query/record/export.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/query/record/records.h"
#include "node/query/view/directory.h"
#include "node/query/view/narrowed.h"
#include "node/query/view/report_slots.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

absl::StatusOr<std::vector<std::string>> ReportSlots(const Views& views,
                                                     const v1::ExportRequest& request) {
  std::vector<std::string> names;
  ASSIGN_OR_RETURN(const Narrowed narrowed, NarrowTo(views, request.round(), request.chapter()));
  RETURN_IF_ERROR(ForEachReportSlot(views,
                                    {.round = narrowed.round, .delegation = request.delegation()},
                                    [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
                                      const auto name = meaning::ParseReportSlot(slot.slot());
                                      if (name && OfChapter(name->subject, narrowed.chapter))
                                        names.push_back(slot.slot());
                                      return true;
                                    }));
  if (names.empty()) RETURN_IF_ERROR(narrowed.unknown);
  return names;
}

absl::StatusOr<std::vector<std::string>> SlotsOf(const Views& views,
                                                 const v1::ExportRequest& request) {
  const std::string kind = request.kind().empty() ? "report" : request.kind();
  if (!meaning::ParseKind(kind)) {
    return Error(StatusCode::kInvalidArgument, "USAGE",
                 absl::StrCat("--kind: \"", kind, "\" is not known; known: ",
                              absl::StrJoin(meaning::KindWords(), " ")));
  }
  return kind == "report" ? ReportSlots(views, request) : views.SlotNames(kind);
}

}  // namespace

absl::Status Export(const Views& views, const v1::ExportRequest& request,
                    const RecordWrite& write) {
  RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
  ASSIGN_OR_RETURN(const std::vector<std::string> slots, SlotsOf(views, request));
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
