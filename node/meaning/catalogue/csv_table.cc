#include "node/meaning/catalogue/csv_table.h"

#include <csv.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"
#include "node/meaning/text/unicode.h"

namespace entente::meaning {
namespace {

struct Reading {
  CsvTable table;
  CsvRow row;
};

void OnCell(void* cell, size_t size, void* data) {
  static_cast<Reading*>(data)->row.cells.emplace_back(static_cast<const char*>(cell), size);
}

void OnRow(int, void* data) {
  auto* reading = static_cast<Reading*>(data);
  bool blank = std::all_of(reading->row.cells.begin(), reading->row.cells.end(),
                           [](const std::string& cell) { return cell.empty(); });
  if (!blank) reading->table.rows.push_back(std::move(reading->row));
  reading->row = CsvRow();
}

// Frees the parser's buffer on every way out.
struct Parser {
  csv_parser csv;
  bool ready;
  Parser() : ready(csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI) == 0) {}
  ~Parser() {
    if (ready) csv_free(&csv);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
};

CsvTable Fault(CsvTable table, size_t line, const std::string& fault) {
  table.fault = fault;
  table.fault_line = line;
  return table;
}

// As spreadsheets write CSV where the comma is for decimals.
const char* OtherMarks(absl::string_view header) {
  if (absl::StrContains(header, ',')) return nullptr;
  if (absl::StrContains(header, ';')) return "semicolons";
  return absl::StrContains(header, '\t') ? "tabs" : nullptr;
}

}  // namespace

bool IsUtf16(absl::string_view text) {
  return absl::StartsWith(text, "\xFF\xFE") || absl::StartsWith(text, "\xFE\xFF");
}

CsvTable ReadCsv(absl::string_view text) {
  if (IsUtf16(text)) {
    return Fault({}, 1, "the file is UTF-16; save it as \"CSV UTF-8\"");
  }
  absl::ConsumePrefix(&text, kByteOrderMark);
  if (const char* marks = OtherMarks(text.substr(0, text.find('\n')))) {
    return Fault({}, 1,
                 absl::StrCat("the cells are parted by ", marks,
                              "; they must be parted by commas: save the file as \"CSV "
                              "UTF-8 (comma delimited)\""));
  }
  Parser parser;
  if (!parser.ready) return Fault({}, 1, "no memory to read the file");
  Reading reading;
  size_t line = 1;
  for (char c : text) {
    // Byte by byte, because libcsv does not say on which line a row begins.
    if (reading.row.line == 0 && c != '\n' && c != '\r') reading.row.line = line;
    if (csv_parse(&parser.csv, &c, 1, OnCell, OnRow, &reading) != 1) {
      return Fault(std::move(reading.table), line,
                   "a quote stands inside a cell; put the whole cell in quotes and double the "
                   "quotes within");
    }
    if (c == '\n') ++line;
  }
  size_t last_row_line = reading.row.line;
  if (csv_fini(&parser.csv, OnCell, OnRow, &reading) != 0) {
    return Fault(std::move(reading.table), last_row_line,
                 "the quoted cell that begins in this row never ends; add the closing quote");
  }
  for (const auto& row : reading.table.rows) {
    for (const auto& cell : row.cells) {
      if (!IsUtf8(cell)) {
        return Fault({}, row.line, "the text is not UTF-8; save the file as \"CSV UTF-8\"");
      }
    }
  }
  return std::move(reading.table);
}

std::string PlainCell(absl::string_view cell) {
  if (cell.size() > 1 && cell[0] == '\'' &&
      absl::string_view(kNeutralised).find(cell[1]) != absl::string_view::npos)
    cell.remove_prefix(1);
  return base::Str(cell);
}

}  // namespace entente::meaning
