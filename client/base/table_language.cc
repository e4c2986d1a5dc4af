#include "client/base/table_language.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/base/render.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

enum class Holds { kAsIs, kReference, kWords, kDate, kSentence, kNumber, kSize };

// Names of columns, whichever table they stand in. Each column has its place in one of these lists
// (scripts/check_phrases.py), unless it holds numbers only.
constexpr absl::string_view kWordColumns[] = {
    "addressees", "aggregation",  "answer",       "assessment",     "attachments",
    "complete",   "credentials",  "direction",    "implementation", "kind",
    "level",      "field_status", "has_identity", "measure",        "mode",
    "nature",     "origin",       "own_role",     "result",         "roles",
    "says",       "state",        "states",       "status",         "trend",
    "wanted",     "what"};
constexpr absl::string_view kDateColumns[] = {
    "at",    "changed", "date",   "deadline", "due",          "last_success", "made",
    "opens", "since",   "signed", "time",     "meeting_date", "received"};
constexpr absl::string_view kSentenceColumns[] = {"detail",   "error",   "last_error", "next_step",
                                                  "note",     "problem", "rung",       "todo",
                                                  "total_of", "why"};
// A size; a share; a reference, or in its place why there is none.
[[maybe_unused]] constexpr absl::string_view kOtherColumns[] = {"size", "rate", "on_time",
                                                                "reference"};
// Names, codes, texts that somebody wrote.
[[maybe_unused]] constexpr absl::string_view kNameColumns[] = {
    "about",      "address", "aliases",     "chapter",   "code",      "covers",      "delegation",
    "dims",       "doc_ref", "draft",       "entry_id",  "expected",  "fingerprint", "indicators",
    "instrument", "item",    "key",         "key_label", "label",     "lang",        "media_type",
    "name",       "node",    "parties",     "peer",      "period",    "replaces",    "root",
    "round",      "scope",   "secretariat", "setting",   "signed_by", "source",      "speaker",
    "subject",    "text",    "title",       "total",     "unit",      "value",       "version"};

// A column of the matrix is headed by the code that is its name, and holds the words of a status.
bool IsMatrixColumn(const v1::Column& column) { return column.title() == column.name(); }

Holds HoldsOf(const v1::Column& column, bool number) {
  if (number) return Holds::kNumber;
  if (absl::c_linear_search(kDateColumns, column.name())) return Holds::kDate;
  if (absl::c_linear_search(kSentenceColumns, column.name())) return Holds::kSentence;
  if (absl::c_linear_search(kWordColumns, column.name()) || IsMatrixColumn(column))
    return Holds::kWords;
  if (column.name() == "size") return Holds::kSize;
  if (column.name() == "reference") return Holds::kReference;
  return Holds::kAsIs;
}

std::optional<std::string> MarkOrWord(absl::string_view word, const Phrases& phrases) {
  const bool mark = word == "!" || word == "~" || word == "?" || word == "\u2021";
  return mark ? std::optional<std::string>(base::Str(word)) : phrases.Word(word);
}

// "in_progress on_track", "completed !", "desk_officer,focal_point": each word by itself where the
// whole is none; all or none.
std::string WordsIn(absl::string_view cell, const Phrases& phrases) {
  if (IsIsoTime(cell)) return phrases.ShortDate(cell);
  if (std::optional<std::string> whole = phrases.Word(cell)) return *whole;
  const std::string sentence = phrases.RetellPart(cell);
  if (sentence != cell) return sentence;
  std::vector<std::string> said;
  for (absl::string_view word : absl::StrSplit(cell, ' ')) {
    const bool comma = absl::ConsumeSuffix(&word, ",");
    std::vector<std::string> listed;
    for (const absl::string_view one : absl::StrSplit(word, ',')) {
      std::optional<std::string> known = MarkOrWord(one, phrases);
      if (!known) return base::Str(cell);
      listed.push_back(*std::move(known));
    }
    said.push_back(absl::StrCat(absl::StrJoin(listed, ", "), comma ? "," : ""));
  }
  return absl::StrJoin(said, " ");
}

// French and Russian part the sign from the number by a no-break space.
std::string NumberIn(absl::string_view cell, const Phrases& phrases) {
  absl::string_view number = cell;
  if (!absl::ConsumeSuffix(&number, "%")) return phrases.Number(cell);
  return absl::StrCat(phrases.Number(number), "\u00a0%");
}

std::string CellIn(const std::string& cell, Holds holds, const Phrases& phrases) {
  switch (holds) {
    case Holds::kAsIs:
      break;
    case Holds::kReference:
      return phrases.Word(cell).value_or(phrases.RetellPart(cell));
    case Holds::kWords:
      return WordsIn(cell, phrases);
    case Holds::kDate:
      return phrases.ShortDate(cell);
    case Holds::kSentence:
      return phrases.Word(cell).value_or(phrases.RetellPart(cell));
    case Holds::kSize:
      return phrases.ShortSize(cell);
    case Holds::kNumber:
      return NumberIn(cell, phrases);
  }
  return cell;
}

}  // namespace

v1::Table TableIn(v1::Table table, const Phrases& phrases) {
  if (phrases.language() == "en") return table;
  const std::vector<bool> numbers = NumberColumns(table);
  std::vector<Holds> holds;
  for (int c = 0; c < table.columns_size(); ++c) {
    v1::Column& column = *table.mutable_columns(c);
    holds.push_back(HoldsOf(column, numbers[c]));
    column.set_number(numbers[c]);  // "60,0 %" is no number to an English eye
    if (!column.title().empty() && !IsMatrixColumn(column))
      column.set_title(phrases.Say(column.title()));
  }
  for (v1::Row& row : *table.mutable_rows()) {
    for (int c = 0; c < row.cells_size() && c < table.columns_size(); ++c) {
      if (!row.cells(c).empty()) row.set_cells(c, CellIn(row.cells(c), holds[c], phrases));
    }
  }
  for (std::string& note : *table.mutable_notes()) note = phrases.Retell(note);
  table.set_freshness(phrases.Retell(table.freshness()));
  return table;
}

}  // namespace entente::client
