#include "node/query/view/report_slots.h"

#include <optional>
#include <utility>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/store/schema.h"

namespace entente::query {

absl::StatusOr<std::string> SlotOfReportRow(const Views& views, const meaning::IndexRow& row) {
  if (auto slot = meaning::ReportSlotOfRow(meaning::ReportRowOf(row))) return *std::move(slot);
  ASSIGN_OR_RETURN(const ledger::Entry entry, views.Entry(row.entry));
  v1::Report report;
  if (!report.ParseFromString(entry.payload)) return std::string();
  return meaning::PrintReportSlot(
      meaning::SlotOfReport(report, meaning::ReportRowOf(row).delegation));
}

absl::StatusOr<std::set<std::string>> ReportSlots(const Views& views, const std::string& delegation,
                                                  Reports which) {
  std::vector<std::string> fields;
  if (!delegation.empty()) fields.push_back(delegation);
  std::set<std::string> slots;
  auto it = views.snapshot().Scan(
      store::kIndex, meaning::IndexPrefix(views.instrument(), meaning::Index::kReports, fields));
  for (; it->Valid(); it->Next()) {
    auto row = meaning::ParseIndexKey(it->key());
    if (!row) continue;
    if (which == Reports::kOfRounds && !meaning::ReportSlotOfRow(meaning::ReportRowOf(*row)))
      continue;
    ASSIGN_OR_RETURN(std::string slot, SlotOfReportRow(views, *row));
    if (!slot.empty()) slots.insert(std::move(slot));
  }
  RETURN_IF_ERROR(it->status());
  return slots;
}

}  // namespace entente::query
