// The slots in which reports stand or ever stood, from the index of reports.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "node/meaning/record/index_key.h"
#include "node/query/view/views.h"

namespace entente::query {

// The slot of a row of Index::kReports. An unscheduled report names its period only in the entry,
// which is read then. Empty: the entry is no report.
absl::StatusOr<std::string> SlotOfReportRow(const Views& views, const meaning::IndexRow& row);

enum class Reports : uint8_t { kAll, kOfRounds };  // kOfRounds: without the unscheduled ones
// Of the delegation, "" for every one; ascending.
absl::StatusOr<std::set<std::string>> ReportSlots(const Views& views, const std::string& delegation,
                                                  Reports which);

}  // namespace entente::query
