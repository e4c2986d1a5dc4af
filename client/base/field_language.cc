#include "client/base/field_language.h"

#include <optional>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"

namespace entente::client {

namespace {

constexpr absl::string_view kWordFields[] = {
    "addressees",   "aggregation", "approximate", "assessment", "classification",
    "completeness", "direction",   "done",        "frequency",  "implementation",
    "kind",         "label",       "level",       "mandatory",  "mandatory_sections",
    "measure",      "nature",      "outcome",     "procedure",  "role",
    "severity",     "standing",    "timetable",   "trend"};
constexpr absl::string_view kDateFields[] = {"adopted_on", "claimed_time", "date",  "deadline",
                                             "due",        "last_day",     "opens", "meeting_date",
                                             "until",      "valid_until"};
constexpr absl::string_view kNumberFields[] = {"accepted",
                                               "checkpoint_size",
                                               "conflict",
                                               "expected",
                                               "forks",
                                               "gaps",
                                               "maximum",
                                               "minimum",
                                               "nil",
                                               "on_time",
                                               "open_questions",
                                               "payload_size",
                                               "reported",
                                               "signatures_checked",
                                               "signatures_bad",
                                               "size",
                                               "value"};

// Its names, parted at the dots that stand outside of brackets.
std::vector<absl::string_view> NamesOf(absl::string_view field) {
  std::vector<absl::string_view> out;
  size_t begin = 0;
  int open = 0;
  for (size_t i = 0; i <= field.size(); ++i) {
    if (i < field.size() && field[i] == '[') ++open;
    if (i < field.size() && field[i] == ']') --open;
    if (i < field.size() && (field[i] != '.' || open > 0)) continue;
    out.push_back(field.substr(begin, i - begin));
    begin = i + 1;
  }
  return out;
}

absl::string_view WithoutBrackets(absl::string_view name) { return name.substr(0, name.find('[')); }

}  // namespace

std::string FieldIn(absl::string_view field, const Phrases& phrases) {
  absl::string_view rest = field;
  absl::ConsumePrefix(&rest, "common.");  // of every record alike
  std::vector<std::string> said;
  for (const absl::string_view name : NamesOf(rest)) {
    const absl::string_view word = WithoutBrackets(name);
    const std::optional<std::string> known = phrases.Field(word);
    if (!known) return base::Str(field);
    said.push_back(absl::StrCat(*known, name.substr(word.size())));
  }
  return absl::StrJoin(said, " \u203a ");
}

std::string FieldValueIn(absl::string_view field, absl::string_view value, const Phrases& phrases) {
  const std::vector<absl::string_view> names = NamesOf(field);
  const absl::string_view name = WithoutBrackets(names.back());
  const bool section = name == "name" && WithoutBrackets(names.front()) == "sections";
  if (section || absl::c_linear_search(kWordFields, name))
    return phrases.Word(absl::AsciiStrToLower(value)).value_or(base::Str(value));
  if (absl::c_linear_search(kDateFields, name)) return phrases.ShortDate(value);
  if (name == "newer") return phrases.Retell(value);
  const bool number = absl::c_linear_search(kNumberFields, name);
  return number && phrases.language() != "en" ? phrases.Number(value) : base::Str(value);
}

}  // namespace entente::client
