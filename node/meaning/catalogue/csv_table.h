// Comma-separated text (RFC 4180) into rows that know their line. Through libcsv, in strict mode:
// a quote in the middle of a cell or a file that ends inside quotes is an error, not a guess.
// A byte order mark and CR LF line ends are accepted; blank lines are skipped. A first line that
// has semicolons or tabs and no comma is said to be parted by these.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::meaning {

struct CsvRow {
  size_t line = 0;  // where the row begins, from 1
  std::vector<std::string> cells;
};

struct CsvTable {
  std::vector<CsvRow> rows;
  // Set when reading stopped: what is wrong, and the line. Rows before it are there.
  std::string fault;
  size_t fault_line = 0;
};

CsvTable ReadCsv(absl::string_view text);

// By the mark that spreadsheets begin "Unicode text" with.
bool IsUtf16(absl::string_view text);

// By which spreadsheets and some editors know UTF-8; no part of the text.
inline constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A text cell that begins with one of these is written with an apostrophe in front: a spreadsheet
// would compute it, or take away an apostrophe that is its own.
inline constexpr char kNeutralised[] = "=+-@\t\r'";
// The cell without that apostrophe.
std::string PlainCell(absl::string_view cell);

}  // namespace entente::meaning
