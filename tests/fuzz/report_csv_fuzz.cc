// Files of reports from a spreadsheet: refused with a line and what is wrong there, or reports that
// the columns hold whole: written again they read as the same.
#include <algorithm>

#include "client/sheet/report_sheet.h"
#include "node/meaning/record/normalise.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

using client::ReportColumns;
using client::SheetReport;

std::string CsvOf(const std::vector<SheetReport>& reports) {
  std::string out = client::SheetHeader(ReportColumns());
  for (const SheetReport& report : reports) {
    for (const client::SheetCells& cells : client::ReportRows(report))
      out += client::SheetLine(ReportColumns(), cells);
  }
  return out;
}

}  // namespace

FUZZ_TARGET(report_csv, input) {
  const auto lines = static_cast<size_t>(
      std::count_if(input.begin(), input.end(), [](char c) { return c == '\n' || c == '\r'; }));
  const auto reports = client::ReportsOfCsv(meaning::ReadCsv(input));
  for (const client::SheetFault& fault : reports.faults)
    FUZZ_CHECK(fault.line > 0 && fault.line <= lines + 1 && !fault.text.empty());
  if (!reports.faults.empty()) return;
  FUZZ_CHECK(reports.reports.size() <= lines + 1);
  const auto again = client::ReportsOfCsv(meaning::ReadCsv(CsvOf(reports.reports)));
  FUZZ_CHECK(again.faults.empty() && again.reports.size() == reports.reports.size());
  for (size_t n = 0; n < reports.reports.size(); ++n) {
    const SheetReport &one = reports.reports[n], &other = again.reports[n];
    FUZZ_CHECK(one.line <= lines + 1);
    FUZZ_CHECK(one.reference == other.reference && one.state == other.state &&
               one.entry == other.entry);
    FUZZ_CHECK(one.report.SerializeAsString() == other.report.SerializeAsString());
    v1::Report normal = one.report;
    meaning::NormaliseReport(normal);
    v1::Report twice = normal;
    meaning::NormaliseReport(twice);
    FUZZ_CHECK(normal.SerializeAsString() == twice.SerializeAsString());
  }
}

}  // namespace entente::fuzz
