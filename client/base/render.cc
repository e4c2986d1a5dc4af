#include "client/base/render.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/meaning/catalogue/csv_table.h"

namespace entente::client {

namespace {

using nlohmann::ordered_json;

constexpr char kDash[] = "\xe2\x80\x93";  // en dash: there is no number

bool LooksLikeNumber(absl::string_view cell) {
  if (cell.empty()) return false;
  auto parsed = ordered_json::parse(cell.begin(), cell.end(), nullptr, /*allow_exceptions=*/false);
  return parsed.is_number();
}

// "60.0%" is the number 60.0; an empty cell or a dash says there is none.
ordered_json NumberCell(absl::string_view cell) {
  absl::string_view digits = cell;
  if (!digits.empty() && digits.back() == '%') digits.remove_suffix(1);
  while (!digits.empty() && digits.back() == ' ') digits.remove_suffix(1);
  if (digits.empty() || digits == kDash || digits == "-") return nullptr;
  if (!LooksLikeNumber(digits)) return base::Str(cell);
  return ordered_json::parse(digits.begin(), digits.end(), nullptr, false);
}

// U+202A to U+202E, U+2066 to U+2069: embeddings, overrides and isolates.
bool TurnsDirection(absl::string_view text) {
  if (text.size() < 3 || text[0] != '\xe2') return false;
  const auto last = static_cast<unsigned char>(text[2]);
  return (text[1] == '\x80' && last >= 0xaa && last <= 0xae) ||
         (text[1] == '\x81' && last >= 0xa6 && last <= 0xa9);
}

bool IsPercent(absl::string_view cell) {
  return cell.size() > 1 && cell.back() == '%' && LooksLikeNumber(cell.substr(0, cell.size() - 1));
}

std::string Padded(const std::string& text, int width, bool right, bool last) {
  int missing = std::max(0, width - DisplayWidth(text));
  if (right) return std::string(missing, ' ') + text;
  return last ? text : text + std::string(missing, ' ');
}

absl::string_view Cell(const v1::Row& row, int column) {
  return column < row.cells_size() ? absl::string_view(row.cells(column)) : absl::string_view();
}

// As many whole characters as fit into `width` columns, the last of them an ellipsis.
std::string Cut(const std::string& text, int width) {
  if (DisplayWidth(text) <= width) return text;
  size_t end = text.size();
  while (end > 0 && DisplayWidth(absl::string_view(text).substr(0, end)) > width - 1) {
    do {
      --end;
    } while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80);
  }
  while (end > 0 && text[end - 1] == ' ') --end;
  return text.substr(0, end) + "\u2026";
}

void FitTitles(const v1::Table& table, int width, std::vector<int>& widths,
               std::vector<std::vector<std::string>>& rows) {
  constexpr int kTitleMin = 16, kGap = 2;
  int all = -kGap;
  for (const int one : widths) all += one + kGap;
  for (int c = 0; c < table.columns_size() && all > width; ++c) {
    if (table.columns(c).name() != "title" || widths[c] <= kTitleMin) continue;
    const int fits = std::max(kTitleMin, widths[c] - (all - width));
    all -= widths[c] - fits;
    widths[c] = fits;
    for (auto& cells : rows) cells[c] = Cut(cells[c], fits);
  }
}

std::string Line(const std::vector<bool>& numbers, const std::vector<int>& widths,
                 const std::vector<std::string>& cells) {
  std::string out;
  for (size_t c = 0; c < cells.size(); ++c) {
    if (c > 0) out += "  ";
    out += Padded(cells[c], widths[c], numbers[c], c + 1 == cells.size());
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out + "\n";
}

}  // namespace

int DisplayWidth(absl::string_view utf8) {
  int width = 0;
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
  auto left = static_cast<utf8proc_ssize_t>(utf8.size());
  while (left > 0) {
    utf8proc_int32_t rune = 0;
    utf8proc_ssize_t used = utf8proc_iterate(at, left, &rune);
    if (used <= 0) {
      used = 1;
      width += 1;
    } else {
      width += std::max(0, utf8proc_charwidth(rune));
    }
    at += used;
    left -= used;
  }
  return width;
}

std::string Printable(absl::string_view utf8) {
  std::string out = base::Str(utf8);
  for (size_t i = 0; i < out.size(); ++i) {
    auto byte = static_cast<unsigned char>(out[i]);
    bool c1 = byte == 0xc2 && i + 1 < out.size() && static_cast<unsigned char>(out[i + 1]) < 0xa0;
    if (byte < 0x20 || byte == 0x7f) out[i] = byte == '\t' || byte == '\n' ? ' ' : '?';
    if (c1) out.replace(i, 2, "?");
    if (TurnsDirection(absl::string_view(out).substr(i))) out.replace(i, 3, "?");
  }
  return out;
}

std::string PrintableLines(absl::string_view utf8) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(utf8, '\n')) lines.push_back(Printable(line));
  return absl::StrJoin(lines, "\n");
}

std::string Count(uint64_t count, absl::string_view thing) {
  return Count(count, thing, base::Str(thing) + "s");
}

std::string Count(uint64_t count, absl::string_view one, absl::string_view many) {
  return std::to_string(count) + " " + base::Str(count == 1 ? one : many);
}

std::string SizeText(uint64_t bytes) {
  if (bytes < 1'000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string Mebibytes(uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

std::string TableText(const v1::Table& table, bool color, int width) {
  const std::vector<bool> numbers = NumberColumns(table);
  std::vector<int> widths;
  std::vector<std::string> titles;
  for (const auto& column : table.columns()) {
    titles.push_back(Printable(column.title().empty() ? column.name() : column.title()));
    widths.push_back(DisplayWidth(titles.back()));
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows()) {
    std::vector<std::string> cells;
    for (int c = 0; c < table.columns_size(); ++c) {
      cells.push_back(Printable(Cell(row, c)));
      widths[c] = std::max(widths[c], DisplayWidth(cells.back()));
    }
    rows.push_back(std::move(cells));
  }
  if (width > 0) FitTitles(table, width, widths, rows);
  std::string out;
  if (!titles.empty() && !rows.empty()) {
    std::string head = Line(numbers, widths, titles);
    if (color) head = "\x1b[1m" + head.substr(0, head.size() - 1) + "\x1b[0m\n";
    out += head;
  }
  for (const auto& cells : rows) out += Line(numbers, widths, cells);
  for (const auto& note : table.notes()) out += Printable(note) + "\n";
  if (!table.freshness().empty()) out += Printable(table.freshness()) + "\n";
  return out;
}

std::vector<bool> NumberColumns(const v1::Table& table) {
  std::vector<bool> numbers;
  for (int c = 0; c < table.columns_size(); ++c) {
    bool number = table.columns(c).number();
    bool rates = table.rows_size() > 0;
    for (const auto& row : table.rows()) {
      absl::string_view cell = c < row.cells_size() ? absl::string_view(row.cells(c)) : "";
      rates = rates && (IsPercent(cell) || cell == kDash);
    }
    numbers.push_back(number || rates);
  }
  return numbers;
}

std::string CsvField(absl::string_view cell, bool number) {
  std::string text = base::Str(cell);
  if (!number && !text.empty() &&
      absl::string_view(meaning::kNeutralised).find(text[0]) != absl::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  // Readers that are not strict take blanks at the ends away.
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  const bool blank_ends = !text.empty() && (blank(text.front()) || blank(text.back()));
  if (!blank_ends && text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string TableCsv(const v1::Table& table) {
  std::string out;
  for (int c = 0; c < table.columns_size(); ++c) {
    out += (c > 0 ? "," : "") + CsvField(table.columns(c).name(), false);
  }
  out += "\r\n";
  for (const auto& row : table.rows()) {
    for (int c = 0; c < table.columns_size(); ++c) {
      absl::string_view cell = Cell(row, c);
      bool number = table.columns(c).number() && LooksLikeNumber(cell);
      out += (c > 0 ? "," : "") + CsvField(cell, number);
    }
    out += "\r\n";
  }
  return out;
}

ordered_json TableJson(const v1::Table& table) {
  ordered_json out;
  if (!table.instrument().empty()) out["instrument"] = table.instrument();
  out["rows"] = ordered_json::array();
  const std::vector<bool> numbers = NumberColumns(table);
  for (const auto& row : table.rows()) {
    ordered_json object = ordered_json::object();
    for (int c = 0; c < table.columns_size(); ++c) {
      const auto& column = table.columns(c);
      absl::string_view cell = Cell(row, c);
      object[column.name()] = numbers[c] ? NumberCell(cell) : ordered_json(base::Str(cell));
    }
    out["rows"].push_back(std::move(object));
  }
  if (table.notes_size() > 0)
    out["notes"] = std::vector<std::string>(table.notes().begin(), table.notes().end());
  if (!table.freshness().empty()) out["freshness"] = table.freshness();
  if (!table.frontier_digest().empty())
    out["frontier_digest"] = base::ToHex(table.frontier_digest());
  if (!table.next_page_token().empty()) out["next_page_token"] = table.next_page_token();
  return out;
}

std::string JsonText(const ordered_json& json) { return JsonDump(json, 2) + "\n"; }

// Written by their numbers, as JSON writes those below U+0020: the same strings for a program, and
// nothing for a terminal.
std::string JsonDump(const ordered_json& json, int indent) {
  const std::string text = json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto at = [&](size_t n) { return static_cast<unsigned>(static_cast<uint8_t>(text[n])); };
    if (at(i) == 0x7f) {
      out += "\\u007f";
    } else if (at(i) == 0xc2 && i + 1 < text.size() && at(i + 1) < 0xa0) {
      out += fmt::format("\\u{:04x}", at(++i));
    } else if (TurnsDirection(absl::string_view(text).substr(i))) {
      out += fmt::format("\\u{:04x}", 0x2000 + ((at(i + 1) & 0x3f) << 6) + (at(i + 2) & 0x3f));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string ObjectCsv(const ordered_json& object) {
  std::string head, row;
  for (const auto& [name, value] : object.items()) {
    if (value.is_structured()) continue;
    if (!head.empty()) {
      head += ",";
      row += ",";
    }
    head += CsvField(name, false);
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    row += CsvField(text, value.is_number());
  }
  return head + "\r\n" + row + "\r\n";
}

}  // namespace entente::client
