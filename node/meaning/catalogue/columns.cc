#include "node/meaning/catalogue/columns.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

enum Uses : unsigned {
  kInstrument = 1,
  kChapter = 2,
  kIndicator = 4,
  kCommitment = 8,
  kRound = 16,
  kIntervention = 32,
  kEvery = 63,
};

unsigned UseOf(uint32_t kind) {
  switch (kind) {
    case v1::INSTRUMENT:
      return kInstrument;
    case v1::CHAPTER:
      return kChapter;
    case v1::INDICATOR:
      return kIndicator;
    case v1::COMMITMENT:
      return kCommitment;
    case v1::ROUND:
      return kRound;
    case v1::INTERVENTION:
      return kIntervention;
    default:
      return 0;
  }
}

struct Column {
  const char* name;
  unsigned uses;
};

// The six of the EU action plans' tables stand together after the code.
constexpr Column kColumns[] = {
    {"record", kEvery},
    {"code", kInstrument | kChapter | kIndicator | kCommitment | kRound},
    {"objective", kCommitment},
    {"action", kCommitment},
    {"timetable", kCommitment},
    {"responsible_party", kCommitment},
    {"indicators", kCommitment},
    {"data_source", kCommitment},
    {"nature", kInstrument | kCommitment | kRound | kIntervention},
    {"addressees", kCommitment},
    {"number_as_printed", kCommitment},
    {"contributes_to", kCommitment},
    {"title", kInstrument | kChapter | kIndicator},
    {"aliases", kInstrument | kChapter},
    {"lang", kEvery},
    {"order", kChapter},
    {"parent", kChapter},
    {"label", kChapter},
    {"period", kInstrument | kRound},
    {"adopted_on", kInstrument},
    {"adopted_by", kInstrument},
    {"replaces", kInstrument},
    {"implements", kInstrument},
    {"completeness", kInstrument},
    {"level", kIndicator},
    {"measure", kIndicator},
    {"unit", kIndicator},
    {"decimals", kIndicator},
    {"direction", kIndicator},
    {"aggregation", kIndicator},
    {"minimum", kIndicator},
    {"maximum", kIndicator},
    {"dimensions", kIndicator},
    {"frequency", kIndicator},
    {"external_refs", kIndicator},
    {"definition", kIndicator},
    {"scope", kRound},
    {"expected", kRound},
    {"opens", kRound},
    {"deadline", kRound},
    {"zone", kRound},
    {"grace_days", kRound},
    {"template", kRound},
    {"mandatory_sections", kRound},
    {"languages", kRound},
    {"working_language", kRound},
    {"meeting_date", kRound},
    {"meeting_place", kRound},
    {"agenda_ref", kRound},
    {"outcome_ref", kRound},
    {"round", kIntervention},
    {"chapter", kIntervention},
    {"date", kIntervention},
    {"item", kIntervention},
    {"speaker", kIntervention},
    {"number", kIntervention},
    {"summary", kIntervention},
    {"doc_ref", kIntervention},
    {"doc_refs", kEvery},
    {"classification", kEvery},
    {"source", kEvery},
};

struct Rename {
  const char* field;
  const char* column;
};
constexpr Rename kRenames[] = {{"texts", "action"},           {"titles", "title"},
                               {"summaries", "summary"},      {"definitions", "definition"},
                               {"covers", "period"},          {"responsible", "responsible_party"},
                               {"template_name", "template"}, {"delegation", "record"}};

}  // namespace

std::vector<std::string> CatalogueColumns() {
  std::vector<std::string> names;
  for (const auto& column : kColumns) names.push_back(column.name);
  return names;
}

std::string ColumnName(absl::string_view header) {
  header = absl::StripAsciiWhitespace(header);
  const ColumnWithLanguage split = SplitLanguage(header);
  std::string name = absl::AsciiStrToLower(split.name);
  for (char& c : name) {
    if (c == ' ' || c == '-') c = '_';
  }
  return split.language.empty() ? name : name + "[" + split.language + "]";
}

ColumnWithLanguage SplitLanguage(absl::string_view header) {
  const size_t open = header.find('[');
  if (open == absl::string_view::npos || header.back() != ']' || open + 2 >= header.size()) {
    return {base::Str(header), ""};
  }
  return {base::Str(header.substr(0, open)),
          base::Str(header.substr(open + 1, header.size() - open - 2))};
}

bool MayNameLanguage(absl::string_view column) {
  return column == "title" || column == "action" || column == "summary" || column == "definition";
}

bool ColumnFits(const std::string& column, uint32_t kind) {
  const std::string name = SplitLanguage(column).name;
  for (const auto& known : kColumns) {
    if (name == known.name) return (known.uses & UseOf(kind)) != 0;
  }
  return false;
}

std::string ColumnOfField(const std::string& field) {
  if (field.size() > 5 && field.substr(field.size() - 5) == ".lang") return "lang";
  std::string top = field.substr(0, field.find_first_of("[."));
  if (top == "common") return "doc_refs";
  for (const auto& rename : kRenames) {
    if (top == rename.field) return rename.column;
  }
  return top;
}

const std::string& CatalogueLine::Get(const std::string& column) const {
  static const auto* empty = new std::string();
  auto it = cells.find(column);
  return it == cells.end() ? *empty : it->second;
}

std::vector<std::pair<std::string, std::string>> CatalogueLine::InLanguages(
    const std::string& column) const {
  std::vector<std::pair<std::string, std::string>> out;
  for (auto it = cells.lower_bound(column + "["); it != cells.end(); ++it) {
    const ColumnWithLanguage split = SplitLanguage(it->first);
    if (split.name != column) break;
    out.emplace_back(split.language, it->second);
  }
  return out;
}

std::vector<std::string> CatalogueLine::List(const std::string& column) const {
  std::vector<std::string> items;
  for (absl::string_view item : absl::StrSplit(Get(column), ';')) {
    item = absl::StripAsciiWhitespace(item);
    if (!item.empty()) items.emplace_back(item.data(), item.size());
  }
  return items;
}

}  // namespace entente::meaning
