// A spreadsheet file (ECMA-376, "XLSX"), written row by row: no more is in memory than a row.
// Through libxlsxwriter. Every text is written as a text, whatever it begins with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/sheet/sheet.h"

namespace entente::client {

class XlsxFile {
 public:
  // Written beside and renamed by Finish; without it nothing is left. Existing files are replaced.
  explicit XlsxFile(std::string path);
  ~XlsxFile();
  XlsxFile(const XlsxFile&) = delete;
  XlsxFile& operator=(const XlsxFile&) = delete;

  // Further rows go to this sheet; a name that was used goes on where it was. At most 31
  // characters.
  absl::Status AddRow(const std::string& sheet, const std::vector<SheetColumn>& columns,
                      const SheetCells& cells);
  // FILE_UNWRITABLE; VALIDATION_FAILED for more rows or a longer text than a sheet takes.
  absl::Status Finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace entente::client
