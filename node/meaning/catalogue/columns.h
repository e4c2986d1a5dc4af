// The columns of a catalogue file: names, and which records use which. Private to this room.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace entente::meaning {

// All column names, in the order a new file should have them.
std::vector<std::string> CatalogueColumns();
// Lower case with underscores: "Responsible party" is responsible_party.
std::string ColumnName(absl::string_view header);
// A text column may stand once more for each further language: "title[ru]" beside "title". The tag
// is kept as it was written; the rules of language tags are the model's.
struct ColumnWithLanguage {
  std::string name;      // "title"
  std::string language;  // "ru"; empty: no brackets
};
ColumnWithLanguage SplitLanguage(absl::string_view header);
bool MayNameLanguage(absl::string_view column);
// Of a column with or without a language.
bool ColumnFits(const std::string& column, uint32_t kind);
// The column a record's field comes from: "texts[en].lang" of a commitment is action.
std::string ColumnOfField(const std::string& field);

// One line of the file, by column name; only filled cells.
struct CatalogueLine {
  size_t line = 0;
  uint32_t kind = 0;
  std::map<std::string, std::string> cells;

  const std::string& Get(const std::string& column) const;
  // The columns "title[ru]" of "title" that are filled, as (language, text), by language.
  std::vector<std::pair<std::string, std::string>> InLanguages(const std::string& column) const;
  // "KZ; KG" split at semicolons, blanks trimmed, empty items dropped.
  std::vector<std::string> List(const std::string& column) const;
};

}  // namespace entente::meaning
