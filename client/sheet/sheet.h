// Rows of cells under named columns, as they go to a spreadsheet: CSV that a program reads back to
// the same cells, or sheets of an XLSX file.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace entente::client {

struct SheetColumn {
  const char* name;     // snake_case, stable
  bool number = false;  // its cells are numbers where they look like one
};
using SheetCells = std::vector<std::string>;

// One CSV line, CR LF at its end. A text that a spreadsheet would compute, or that begins with an
// apostrophe, gets an apostrophe in front (render.h, CsvField); meaning::PlainCell takes it off
// again.
std::string SheetLine(const std::vector<SheetColumn>& columns, const SheetCells& cells);
std::string SheetHeader(const std::vector<SheetColumn>& columns);

}  // namespace entente::client
