// A table as people, scripts and spreadsheets want it. Pure: strings in, strings out.
//
// Invariants
//  1. JSON: one object; the rows are its field "rows"; a number column holds numbers or null, never
//     text, unless a cell is not a number at all.
//  2. CSV is RFC 4180 in UTF-8 with CRLF; a text cell that a spreadsheet would run as a formula,
//     or that begins with an apostrophe of its own, gets one in front.
//  3. Alignment counts display columns (wide and combining characters), not bytes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

enum class Format { kTable, kJson, kCsv };

// Columns on a terminal; ill-formed UTF-8 counts one column per byte.
int DisplayWidth(absl::string_view utf8);
// Control characters that could drive a terminal, and those that turn the direction of what stands
// around them, are shown as '?'.
std::string Printable(absl::string_view utf8);
// The same of a text of several lines, which stay lines.
std::string PrintableLines(absl::string_view utf8);

// "1 warning", "2 warnings"
std::string Count(uint64_t count, absl::string_view thing);
// "1 entry", "2 entries"
std::string Count(uint64_t count, absl::string_view one, absl::string_view many);
// "1.5 MiB"
std::string Mebibytes(uint64_t bytes);
// "900 B", "1.5 kB", "1.5 MB": in the units in which sizes are given.
std::string SizeText(uint64_t bytes);

// Per column: does it hold numbers, or only percentages and dashes?
std::vector<bool> NumberColumns(const v1::Table& table);

// `width`: of the terminal it is for; 0: for none. Where the lines would be longer, titles are
// cut with an ellipsis, as far as that goes; everything else stays whole.
std::string TableText(const v1::Table& table, bool color, int width = 0);
std::string TableCsv(const v1::Table& table);
nlohmann::ordered_json TableJson(const v1::Table& table);

// One CSV field, quoted where RFC 4180 asks for it and neutralised
// (node/meaning/catalogue/csv_table.h).
std::string CsvField(absl::string_view cell, bool number);

// `dump` that never throws and drives no terminal: ill-formed UTF-8 is replaced, what Printable
// shows as '?' is written as \uXXXX.
std::string JsonDump(const nlohmann::ordered_json& json, int indent);
// The same with two spaces, ends in LF.
std::string JsonText(const nlohmann::ordered_json& json);
// One object as CSV: its scalar fields as header and row.
std::string ObjectCsv(const nlohmann::ordered_json& object);

}  // namespace entente::client
