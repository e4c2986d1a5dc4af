#include "node/query/record/export.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/query/record/records.h"
#include "node/query/view/directory.h"
#include "node/query/view/held_round.h"
#include "node/query/view/report_slots.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

bool InChapter(const std::string& slot_text, const std::string& chapter) {
  const auto slot = meaning::ParseReportSlot(slot_text);
  if (!slot) return false;
  return chapter.empty() || slot->subject == chapter ||
         absl::StartsWith(slot->subject, chapter + "/");
}

absl::StatusOr<std::vector<std::string>> ReportSlots(const Views& views,
                                                     const v1::ExportRequest& request) {
  std::vector<std::string> names;
  const std::string round = RoundCodeOf(request.round());
  RETURN_IF_ERROR(ForEachReportSlot(views, {.round = round, .delegation = request.delegation()},
                                    [&](const v1::SlotValue& slot) -> absl::StatusOr<bool> {
                                      if (InChapter(slot.slot(), request.chapter()))
                                        names.push_back(slot.slot());
                                      return true;
                                    }));
  // Reports may be here before their round is; an empty file for a slip of the pen may not.
  if (!names.empty() || round.empty()) return names;
  ASSIGN_OR_RETURN(const auto held, views.Head<v1::RoundSummary>("round/" + round));
  if (!held) return RoundNotHeld(views, round);
  return names;
}

absl::StatusOr<std::vector<std::string>> SlotsOf(const Views& views,
                                                 const v1::ExportRequest& request) {
  const std::string kind = request.kind().empty() ? "report" : request.kind();
  if (!meaning::ParseKind(kind)) {
    return Error(StatusCode::kInvalidArgument, "VALIDATION_FAILED",
                 absl::StrCat("--kind: \"", kind, "\" is not known; known: ",
                              absl::StrJoin(meaning::KindWords(), " ")));
  }
  return kind == "report" ? ReportSlots(views, request) : views.SlotNames(kind);
}

}  // namespace

absl::Status Export(const Views& views, const v1::ExportRequest& request,
                    const RecordWrite& write) {
  if (!request.delegation().empty()) RETURN_IF_ERROR(CheckAdmitted(views, request.delegation()));
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
