// Progress reports as rows of a sheet, one for each thing stated: the report itself, then its
// narratives, sections, milestones, values and attachments. Nothing it says is left out, so the
// rows make the same report again, byte for byte; a second signature is about these bytes, and not
// in them.
#pragma once

#include <string>
#include <vector>

#include "client/sheet/sheet.h"
#include "entente/v1/payload.pb.h"
#include "node/meaning/catalogue/csv_table.h"

namespace entente::client {

const std::vector<SheetColumn>& ReportColumns();

// `reference` and `entry` (hex) are repeated in each row; `state` says whether it stands alone.
struct SheetReport {
  std::string reference, entry, state;
  v1::Report report;
  size_t line = 0;  // of the file it was read from
};
std::vector<SheetCells> ReportRows(const SheetReport& report);

// What is wrong with one row: the column, what was given and what is known.
struct SheetFault {
  size_t line = 0;
  std::string text;
};
struct SheetReports {
  std::vector<SheetReport> reports;  // of use only where there are no faults
  std::vector<SheetFault> faults;    // of every row, the first of each
};

// What a CSV file of such rows says: columns by their names, in any order; those that are left out
// are empty. Ids of what is superseded, cited and answered are taken as they stand.
SheetReports ReportsOfCsv(const meaning::CsvTable& table);

}  // namespace entente::client
