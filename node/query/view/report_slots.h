// Slots of reports, straight from their rows: these lie by round, then delegation, so the reports
// of a round, of a delegation, or of both are found with a seek or two a round, and the first of a
// million is there at once.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/query/view/views.h"

namespace entente::query {

inline constexpr char kUnscheduled[] = "-";  // in a slot's place of the round

struct ReportRange {
  std::string round;       // "": every one; kUnscheduled: reports of no round
  std::string delegation;  // "": every one
  std::string from;        // slot text to begin at; "": the first
};

// Slots in which a report stands or ever stood, ascending by text. False from `visit` ends it.
using VisitSlot = std::function<absl::StatusOr<bool>(const v1::SlotValue& slot)>;
absl::Status ForEachReportSlot(const Views& views, const ReportRange& range,
                               const VisitSlot& visit);

}  // namespace entente::query
