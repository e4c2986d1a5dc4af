#include "node/meaning/catalogue/write.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/bytes.h"
#include "node/meaning/catalogue/columns.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

using Cells = std::map<std::string, std::string>;
using Strings = google::protobuf::RepeatedPtrField<std::string>;
using Texts = google::protobuf::RepeatedPtrField<v1::Text>;

// Puts fields into the cells LineReader (records.cc) takes them from.
class LineWriter {
 public:
  LineWriter(uint32_t kind, const v1::Common& common) {
    Put("record", base::Str(KindWord(kind)));
    List("doc_refs", common.doc_refs());
    if (common.classification() == v1::PUBLIC) Put("classification", "public");
  }

  void Put(const char* column, const std::string& text) {
    if (!text.empty()) cells_[column] = text;
  }
  void Number(const char* column, uint32_t number) {
    if (number > 0) cells_[column] = absl::StrCat(number);
  }
  void List(const char* column, const Strings& list) { Put(column, absl::StrJoin(list, "; ")); }

  // The first text of the line gives the line its language.
  void InLanguages(const std::string& column, const Texts& texts) {
    for (const v1::Text& text : texts) {
      std::string& language = cells_["lang"];
      if (language.empty()) language = text.lang();
      cells_[text.lang() == language ? column : absl::StrCat(column, "[", text.lang(), "]")] =
          text.text();
    }
  }

  void Dimensions(const google::protobuf::RepeatedPtrField<v1::Dimension>& dimensions) {
    std::vector<std::string> items;
    for (const v1::Dimension& dimension : dimensions) {
      std::vector<std::string> codes;
      for (const std::string& code : dimension.codes())
        codes.push_back(code + (code == dimension.total_code() ? "*" : ""));
      items.push_back(absl::StrCat(dimension.name(), dimension.mandatory() ? "!=" : "=",
                                   absl::StrJoin(codes, "|")));
    }
    Put("dimensions", absl::StrJoin(items, "; "));
  }

  void Responsible(const google::protobuf::RepeatedPtrField<v1::Responsible>& parties) {
    std::vector<std::string> items;
    for (const v1::Responsible& one : parties) {
      items.push_back(one.role() == "accountable" ? one.party()
                                                  : absl::StrCat(one.party(), ":", one.role()));
    }
    Put("responsible_party", absl::StrJoin(items, "; "));
  }

  Cells Take() { return std::move(cells_); }

 private:
  Cells cells_;
};

Cells CellsOf(const v1::Instrument& record) {
  LineWriter out(v1::INSTRUMENT, record.common());
  out.Put("code", record.code());
  out.Put("nature", record.nature());
  out.InLanguages("title", record.titles());
  out.List("aliases", record.aliases());
  out.Put("period", record.period());
  out.Put("adopted_on", record.adopted_on());
  out.Put("adopted_by", record.adopted_by());
  out.List("replaces", record.replaces());
  out.List("implements", record.implements());
  out.Put("completeness", record.completeness());
  out.Put("source", record.source());
  return out.Take();
}

Cells CellsOf(const v1::Chapter& record) {
  LineWriter out(v1::CHAPTER, record.common());
  out.Put("code", record.code());
  out.Number("order", record.order());
  out.InLanguages("title", record.titles());
  out.List("aliases", record.aliases());
  out.Put("parent", record.parent());
  out.Put("label", record.label());
  out.Put("source", record.source());
  return out.Take();
}

Cells CellsOf(const v1::Commitment& record) {
  LineWriter out(v1::COMMITMENT, record.common());
  out.Put("code", record.code());
  out.Put("number_as_printed", record.number_as_printed());
  out.InLanguages("action", record.texts());
  out.Put("nature", record.nature());
  out.Put("objective", record.objective());
  out.Put("timetable", record.timetable());
  out.Responsible(record.responsible());
  out.List("addressees", record.addressees());
  out.List("indicators", record.indicators());
  out.Put("data_source", record.data_source());
  out.List("contributes_to", record.contributes_to());
  out.Put("source", record.source());
  return out.Take();
}

Cells CellsOf(const v1::Indicator& record) {
  LineWriter out(v1::INDICATOR, record.common());
  out.Put("code", record.code());
  out.InLanguages("title", record.titles());
  out.Put("level", record.level());
  out.Put("measure", record.measure());
  out.Put("unit", record.unit());
  out.Number("decimals", record.decimals());
  out.Put("direction", record.direction());
  out.Put("aggregation", record.aggregation());
  out.Put("minimum", record.minimum());
  out.Put("maximum", record.maximum());
  out.Dimensions(record.dimensions());
  out.Put("frequency", record.frequency());
  out.List("external_refs", record.external_refs());
  out.InLanguages("definition", record.definitions());
  out.Put("source", record.source());
  return out.Take();
}

Cells CellsOf(const v1::Round& record) {
  LineWriter out(v1::ROUND, record.common());
  out.Put("code", record.code());
  out.Put("nature", record.nature());
  out.Put("period", record.covers());
  out.List("scope", record.scope());
  out.List("expected", record.expected());
  out.Put("opens", record.opens());
  out.Put("deadline", record.deadline());
  out.Put("zone", record.zone());
  out.Number("grace_days", record.grace_days());
  out.Put("template", record.template_name());
  out.List("mandatory_sections", record.mandatory_sections());
  out.List("languages", record.languages());
  out.Put("working_language", record.working_language());
  out.Put("meeting_date", record.meeting_date());
  out.Put("meeting_place", record.meeting_place());
  out.Put("agenda_ref", record.agenda_ref());
  out.Put("outcome_ref", record.outcome_ref());
  out.Put("source", record.source());
  return out.Take();
}

Cells CellsOf(const v1::Intervention& record) {
  LineWriter out(v1::INTERVENTION, record.common());
  out.Put("round", record.round());
  out.Put("chapter", record.chapter());
  out.Put("date", record.date());
  out.Put("item", record.item());
  out.Put("speaker", record.speaker());
  out.Put("nature", record.nature());
  out.InLanguages("summary", record.summaries());
  out.Put("doc_ref", record.doc_ref());
  out.Number("number", record.number());
  out.Put("source", record.source());
  return out.Take();
}

// Place in the file, then what orders lines of one kind.
using LineOrder = std::tuple<int, uint32_t, std::string, std::string, std::string, uint32_t>;

LineOrder OrderOf(const Record& record) {
  if (std::holds_alternative<v1::Instrument>(record)) return {0, 0, "", "", "", 0};
  if (const auto* c = std::get_if<v1::Chapter>(&record))
    return {1, c->order(), c->code(), "", "", 0};
  if (const auto* i = std::get_if<v1::Indicator>(&record)) return {2, 0, i->code(), "", "", 0};
  if (const auto* c = std::get_if<v1::Commitment>(&record)) return {3, 0, c->code(), "", "", 0};
  if (const auto* r = std::get_if<v1::Round>(&record)) return {4, 0, r->code(), "", "", 0};
  const auto& said = std::get<v1::Intervention>(record);
  return {5, 0, said.date(), said.item(), said.speaker(), said.number()};
}

Cells CellsOfRecord(const Record& record) {
  return std::visit(
      [](const auto& message) -> Cells {
        if constexpr (requires { CellsOf(message); }) return CellsOf(message);
        return {};
      },
      record);
}

// Known columns that some line fills, each followed by its further languages.
std::vector<std::string> ColumnsOf(const std::vector<Cells>& lines) {
  std::set<std::string> filled;
  for (const Cells& cells : lines) {
    for (const auto& [column, text] : cells) filled.insert(column);
  }
  std::vector<std::string> columns;
  for (const std::string& known : CatalogueColumns()) {
    const bool every_file = known == "record" || known == "code";
    if (every_file || filled.contains(known)) columns.push_back(known);
    const std::string further = known + "[";
    for (auto it = filled.lower_bound(further); it != filled.end(); ++it) {
      if (!absl::StartsWith(*it, further)) break;
      columns.push_back(*it);
    }
  }
  return columns;
}

void OrderTexts(Texts* texts) {
  if (texts->size() < 3) return;
  std::sort(texts->begin() + 1, texts->end(),
            [](const v1::Text& a, const v1::Text& b) { return a.lang() < b.lang(); });
}

template <class Message>
void OrderTextsOf(Message& message) {
  if constexpr (requires { message.mutable_titles(); }) OrderTexts(message.mutable_titles());
  if constexpr (requires { message.mutable_texts(); }) OrderTexts(message.mutable_texts());
  if constexpr (requires { message.mutable_summaries(); }) OrderTexts(message.mutable_summaries());
  if constexpr (requires { message.mutable_definitions(); })
    OrderTexts(message.mutable_definitions());
}

}  // namespace

CatalogueSheet WriteCatalogue(const std::vector<Record>& records) {
  // What a line says decides where its kind leaves that open: the file is the same whatever the
  // order in which the records come.
  std::vector<std::pair<LineOrder, Cells>> ordered;
  for (const Record& record : records) {
    Cells cells = CellsOfRecord(record);
    if (!cells.empty()) ordered.emplace_back(OrderOf(record), std::move(cells));
  }
  std::sort(ordered.begin(), ordered.end());
  std::vector<Cells> lines;
  for (auto& [order, cells] : ordered) lines.push_back(std::move(cells));
  CatalogueSheet sheet{ColumnsOf(lines), {}};
  for (Cells& cells : lines) {
    std::vector<std::string>& row = sheet.rows.emplace_back();
    for (const std::string& column : sheet.columns) row.push_back(std::move(cells[column]));
  }
  return sheet;
}

std::string CatalogueWords(uint32_t kind, absl::string_view payload) {
  Record record = ReadPayload(kind, NewestSchema(kind), payload).record;
  return std::visit(
      [](auto& message) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(message)>, std::monostate>) {
          return "";
        } else {
          message.mutable_common()->clear_supersedes();
          message.mutable_common()->clear_cites();
          if constexpr (requires { message.clear_correction(); }) message.clear_correction();
          OrderTextsOf(message);
          return message.SerializeAsString();
        }
      },
      record);
}

}  // namespace entente::meaning
