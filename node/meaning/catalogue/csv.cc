#include "node/meaning/catalogue/csv.h"

#include <algorithm>
#include <map>
#include <set>

#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/catalogue/columns.h"
#include "node/meaning/catalogue/csv_table.h"
#include "node/meaning/catalogue/records.h"
#include "node/meaning/record/catalogue.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/validate.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

// The order in which records are signed: what is referred to comes first.
const std::vector<uint32_t>& SigningOrder() {
  static const auto* order = new std::vector<uint32_t>{
      v1::INSTRUMENT, v1::CHAPTER, v1::INDICATOR, v1::COMMITMENT, v1::ROUND, v1::INTERVENTION};
  return *order;
}

size_t PlaceOf(uint32_t kind) {
  const auto& order = SigningOrder();
  return static_cast<size_t>(std::find(order.begin(), order.end(), kind) - order.begin());
}

std::vector<std::string> RecordWords() {
  std::vector<std::string> words;
  for (uint32_t kind : SigningOrder()) words.push_back(base::Str(KindWord(kind)));
  return words;
}

class Reader {
 public:
  explicit Reader(absl::string_view delegation_code) : delegation_(base::Str(delegation_code)) {}

  CatalogueFile Read(absl::string_view text) {
    CsvTable table = ReadCsv(text);
    if (!table.fault.empty()) Error(table.fault_line, "", table.fault);
    if (table.rows.empty()) {
      if (table.fault.empty()) Error(1, "", "the file is empty; begin with a line of column names");
      return std::move(file_);
    }
    if (!ReadHeader(table.rows[0])) return std::move(file_);
    for (size_t i = 1; i < table.rows.size(); ++i) ReadLine(table.rows[i]);
    FillCatalogue();
    for (const auto& row : rows_) CheckRow(row);
    if (rows_.empty() && file_.errors.empty()) {
      Error(table.rows[0].line, "", "no records follow the column names; add at least one line");
    }
    return Finish();
  }

 private:
  void Error(size_t line, const std::string& column, const std::string& message) {
    file_.errors.push_back({line, column, message});
  }

  bool ReadHeader(const CsvRow& row) {
    if (row.cells.size() == 1 && row.cells[0].find(';') != std::string::npos) {
      Error(row.line, "", "columns are separated by semicolons; save the file with commas");
      return false;
    }
    std::vector<std::string> known = CatalogueColumns();
    std::set<std::string> seen;
    for (const auto& cell : row.cells) {
      std::string name = ColumnName(cell);
      header_.push_back(name);
      const ColumnWithLanguage split = SplitLanguage(name);
      if (!split.language.empty() && Contains(known, split.name) && !MayNameLanguage(split.name)) {
        Error(row.line, cell,
              split.name +
                  " is no text with a language; only title, action, summary and "
                  "definition may be given in several");
      } else if (!Contains(known, split.name)) {
        std::string nearest = NearestWord(split.name, known);
        Error(row.line, cell,
              "no such column; " + (nearest.empty() ? "docs/catalogue.md lists them, remove it"
                                                    : "did you mean " + nearest + "?"));
      } else if (!seen.insert(name).second) {
        Error(row.line, name, "the column stands twice; keep one");
      }
    }
    for (const char* needed : {"record", "code"}) {
      if (!seen.contains(needed)) {
        Error(row.line, needed, "this column is missing; every catalogue file has it");
      }
    }
    return file_.errors.empty();
  }

  void ReadLine(const CsvRow& row) {
    CatalogueLine line;
    line.line = row.line;
    if (row.cells.size() > header_.size()) {
      Error(row.line, "",
            std::to_string(row.cells.size()) + " cells under " + std::to_string(header_.size()) +
                " columns; a comma inside a text needs quotes around the cell");
      return;
    }
    if (row.cells.size() < header_.size()) {
      // A file cut in the middle of a line must not be signed as a changed record.
      Error(row.line, "",
            std::to_string(row.cells.size()) + " cells under " + std::to_string(header_.size()) +
                " columns; the line is cut short, give every column a cell, empty or not");
      return;
    }
    for (size_t i = 0; i < row.cells.size(); ++i) {
      if (!row.cells[i].empty()) line.cells[header_[i]] = ToNfc(PlainCell(row.cells[i]));
    }
    const std::string& word = line.Get("record");
    auto kind = ParseKind(word);
    if (!kind || PlaceOf(*kind) == SigningOrder().size()) {
      Error(row.line, "record",
            Quoted(word) + " is no record of a catalogue" + Suggestion(word, RecordWords()));
      return;
    }
    line.kind = *kind;
    for (const auto& [column, cell] : line.cells) {
      if (ColumnFits(column, line.kind)) continue;
      Error(row.line, column,
            "does not apply to a line of kind " + word + ", but holds " + Quoted(cell) +
                "; leave it empty");
    }
    AddRow(line);
  }

  void AddRow(const CatalogueLine& line) {
    CatalogueRow row;
    row.kind = line.kind;
    row.line = line.line;
    row.record = BuildRecord(line, delegation_, file_.errors);
    if (line.kind == v1::INTERVENTION) {
      row.reference =
          line.Get("round") + " " +
          (line.Get("chapter").empty() ? "item " + line.Get("item") : line.Get("chapter")) + " " +
          line.Get("speaker") + " " + line.Get("number");
    } else {
      row.slot = SlotOfRecord(row.record, delegation_, base::EntryId());
    }
    if (line.kind == v1::INSTRUMENT) file_.instrument = line.Get("code");
    const std::string& name = row.slot.empty() ? row.reference : row.slot;
    auto [first, is_new] = lines_.try_emplace(name, line.line);
    if (!is_new) {
      Error(line.line, row.slot.empty() ? "number" : "code",
            name + " stands already in line " + std::to_string(first->second) +
                "; keep one, or give the other a code or number of its own");
    }
    rows_.push_back(std::move(row));
  }

  // What the lines of this file know of each other, whatever their order.
  void FillCatalogue() {
    catalogue_.code = file_.instrument;
    for (const auto& row : rows_) {
      if (const auto* i = std::get_if<v1::Instrument>(&row.record)) catalogue_.instrument = *i;
      if (const auto* c = std::get_if<v1::Chapter>(&row.record))
        catalogue_.chapters[c->code()] = *c;
      if (const auto* c = std::get_if<v1::Commitment>(&row.record)) {
        catalogue_.commitments[c->code()] = *c;
      }
      if (const auto* i = std::get_if<v1::Indicator>(&row.record)) {
        catalogue_.indicators[i->code()] = *i;
      }
      if (const auto* r = std::get_if<v1::Round>(&row.record)) catalogue_.rounds[r->code()] = *r;
    }
  }

  void CheckRow(const CatalogueRow& row) {
    for (const auto& finding : CheckRecord(row.record, catalogue_, Moment::kSubmit, 0)) {
      auto& list = finding.severity == Severity::kRefuse ? file_.errors : file_.warnings;
      list.push_back({row.line, ColumnOf(finding.field), finding.message});
    }
    if (const auto* chapter = std::get_if<v1::Chapter>(&row.record)) CheckDepth(*chapter, row.line);
  }

  // "titles[ru]" comes from column title[ru] where the file has it.
  std::string ColumnOf(const std::string& field) const {
    std::string column = ColumnOfField(field);
    const size_t end = field.find(']');
    if (end == std::string::npos) return column;
    // "titles[kz].lang" too is the fault of the column that names kz.
    const std::string top = ColumnOfField(field.substr(0, end + 1));
    const std::string full = top + field.substr(field.find('['), end + 1 - field.find('['));
    return MayNameLanguage(top) && Contains(header_, full) ? full : column;
  }

  // Chapters stand in chapters three deep at most, and none in itself by a detour.
  void CheckDepth(const v1::Chapter& chapter, size_t line) {
    constexpr int kDeepest = 3;
    const v1::Chapter* at = &chapter;
    for (int depth = 1; at != nullptr && !at->parent().empty(); ++depth) {
      if (depth == kDeepest || (depth > 1 && at->code() == chapter.code())) {
        Error(line, "parent",
              "chapter " + chapter.code() + " stands more than " + std::to_string(kDeepest) +
                  " deep, or in itself by way of " + at->code() +
                  "; name a chapter nearer the top");
        return;
      }
      if (at->parent() == at->code()) return;  // a rule of the record says so
      at = catalogue_.FindChapter(at->parent());
    }
  }

  CatalogueFile Finish() {
    auto by_line = [](const CatalogueFault& a, const CatalogueFault& b) { return a.line < b.line; };
    std::stable_sort(file_.errors.begin(), file_.errors.end(), by_line);
    std::stable_sort(file_.warnings.begin(), file_.warnings.end(), by_line);
    if (!file_.errors.empty()) return std::move(file_);
    std::stable_sort(rows_.begin(), rows_.end(), [](const CatalogueRow& a, const CatalogueRow& b) {
      return PlaceOf(a.kind) < PlaceOf(b.kind);
    });
    for (auto& row : rows_) {
      row.payload = std::visit(
          [](const auto& message) -> std::string {
            if constexpr (std::is_same_v<std::decay_t<decltype(message)>, std::monostate>) {
              return "";
            } else {
              return message.SerializeAsString();
            }
          },
          row.record);
      if (!row.slot.empty()) row.reference = ReferenceOfSlot(file_.instrument, row.slot);
    }
    file_.rows = std::move(rows_);
    return std::move(file_);
  }

  std::string delegation_;
  std::vector<std::string> header_;
  std::vector<CatalogueRow> rows_;
  std::map<std::string, size_t> lines_;  // first line of each slot, or of an intervention's name
  MemoryCatalogue catalogue_;
  CatalogueFile file_;
};

}  // namespace

std::string CatalogueFault::Print() const {
  std::string place = "line " + std::to_string(line);
  if (!column.empty()) place += ", column " + column;
  return place + ": " + message;
}

CatalogueFile ParseCatalogueCsv(absl::string_view text, absl::string_view delegation_code) {
  return Reader(delegation_code).Read(text);
}

}  // namespace entente::meaning
