#include "client/draft/draft_edit.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/base/errors.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/part_name.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/decimal.h"
#include "node/meaning/value/period.h"

namespace entente::client {

namespace {

const std::vector<std::string>& FieldNames() {
  static const auto* names = new std::vector<std::string>{
      "implementation", "assessment", "period", "reason",         "narrative", "section",
      "milestone",      "lang",       "nil",    "classification", "doc_ref",   "values"};
  return *names;
}

absl::StatusOr<std::string> CleanText(absl::string_view field, absl::string_view text) {
  if (!meaning::IsUtf8(text)) {
    return Refuse("E-UTF8", field, "is not UTF-8 text; save the file as UTF-8");
  }
  std::string clean = meaning::ToNfc(text);
  // Files from other systems: CRLF and one trailing line end are no part of the text.
  clean.erase(std::remove(clean.begin(), clean.end(), '\r'), clean.end());
  while (!clean.empty() && clean.back() == '\n') clean.pop_back();
  return clean;
}

absl::StatusOr<std::string> CleanPeriod(absl::string_view field, const std::string& given) {
  std::string period = meaning::CanonicalPeriod(given);
  if (period.empty() && !given.empty()) {
    return Refuse("E-PERIOD-FMT", field,
                  absl::StrCat(meaning::Quoted(given),
                               " not understood; write 2017, 2017-S1, 2017-Q3, 2017-06, "
                               "2017-10-12 or 2014/2020"));
  }
  return period;
}

// The text of this language, added if there is none; an empty text removes it.
template <class Texts>
void PutText(Texts* texts, const std::string& lang, const std::string& text) {
  for (int i = 0; i < texts->size(); ++i) {
    if (texts->Get(i).lang() != lang) continue;
    if (text.empty()) {
      texts->DeleteSubrange(i, 1);
    } else {
      texts->Mutable(i)->set_text(text);
    }
    return;
  }
  if (text.empty()) return;
  auto* added = texts->Add();
  added->set_lang(lang);
  added->set_text(text);
}

absl::Status SetSection(v1::Report& report, const std::string& name, const std::string& lang,
                        const std::string& text) {
  if (!meaning::Contains(meaning::SectionNames(), name)) {
    return Refuse(
        "E-SECTION", absl::StrCat("section.", name),
        absl::StrCat("no such section", meaning::Suggestion(name, meaning::SectionNames())));
  }
  auto* sections = report.mutable_sections();
  for (int i = 0; i < sections->size(); ++i) {
    if (sections->Get(i).name() != name || sections->Get(i).text().lang() != lang) continue;
    if (text.empty()) {
      sections->DeleteSubrange(i, 1);
    } else {
      sections->Mutable(i)->mutable_text()->set_text(text);
    }
    return absl::OkStatus();
  }
  if (text.empty()) return absl::OkStatus();
  v1::Section* added = sections->Add();
  added->set_name(name);
  added->mutable_text()->set_lang(lang);
  added->mutable_text()->set_text(text);
  return absl::OkStatus();
}

// Digits in three groups, or in two of which one has four, as in 30.06.2017, 2017-13 and 6/2017;
// "13770/17" and "3.5" are none.
bool LooksLikeDate(absl::string_view word) {
  while (!word.empty() && absl::StrContains(":,;.-", word.back())) word.remove_suffix(1);
  const std::vector<std::string> groups = absl::StrSplit(word, absl::ByAnyChar("-./"));
  bool year = false;
  for (const std::string& group : groups) {
    const bool digits = !group.empty() && group.size() <= 4 &&
                        std::all_of(group.begin(), group.end(), absl::ascii_isdigit);
    if (!digits) return false;
    year = year || group.size() == 4;
  }
  return groups.size() == 3 || (groups.size() == 2 && year);
}

// "[2017-06-30] [done] text"
absl::Status AddMilestone(v1::Report& report, absl::string_view words) {
  v1::Milestone milestone;
  const size_t space = words.find(' ');
  const absl::string_view first = words.substr(0, space);
  if (space != absl::string_view::npos && meaning::ParsePeriod(first)) {
    milestone.set_date(base::Str(first));
    words = words.substr(space + 1);
  } else if (LooksLikeDate(first) && !meaning::ParsePeriod(first)) {
    return Refuse("E-DATE", "milestone",
                  absl::StrCat(meaning::Quoted(first),
                               " is no date; write 2017-06-30, 2017-06 or 2017, or begin the text "
                               "with a word"));
  }
  milestone.set_done(absl::ConsumePrefix(&words, "done "));
  milestone.set_text(base::Str(words));
  *report.add_milestones() = std::move(milestone);
  return absl::OkStatus();
}

absl::Status SetStatusWord(v1::Report& report, const Assignment& field) {
  if (field.name == "implementation") {
    auto parsed = meaning::ParseImplementation(field.value);
    if (!parsed && !field.value.empty()) {
      return Refuse(
          "E-STATUS", "implementation",
          absl::StrCat(meaning::Quoted(field.value), " is not a status",
                       meaning::Suggestion(field.value == "ongoing" ? "in_progress" : field.value,
                                           meaning::ImplementationWords())));
    }
    report.set_implementation(parsed.value_or(v1::IMPLEMENTATION_UNSPECIFIED));
    return absl::OkStatus();
  }
  auto parsed = meaning::ParseAssessment(field.value);
  if (!parsed && !field.value.empty()) {
    return Refuse("E-STATUS", "assessment",
                  absl::StrCat(meaning::Quoted(field.value), " is not an assessment",
                               meaning::Suggestion(field.value, meaning::AssessmentWords())));
  }
  report.set_assessment(parsed.value_or(v1::ASSESSMENT_UNSPECIFIED));
  return absl::OkStatus();
}

absl::Status SetPlain(v1::Report& report, const Assignment& field, const std::string& text) {
  if (field.name == "reason") report.set_reason(text);
  if (field.name == "nil") report.set_nil_reason(text);
  if (field.name == "lang") report.mutable_common()->set_lang(text);
  if (field.name == "doc_ref" && text.empty()) report.mutable_common()->clear_doc_refs();
  if (field.name == "doc_ref" && !text.empty()) report.mutable_common()->add_doc_refs(text);
  if (field.name == "milestone" && text.empty()) report.clear_milestones();
  if (field.name == "milestone" && !text.empty()) return AddMilestone(report, text);
  if (field.name == "values") {
    if (!text.empty())
      return UsageError("values are stated one by one",
                        "entente draft value DRAFT INDICATOR PERIOD VALUE");
    report.clear_values();
  }
  if (field.name == "classification") {
    if (text != "public" && text != "parties" && !text.empty()) {
      return Refuse("E-SCHEMA", "classification",
                    absl::StrCat(meaning::Quoted(text), " ; write parties or public"));
    }
    report.mutable_common()->set_classification(text == "public" ? v1::PUBLIC : v1::PARTIES);
  }
  return absl::OkStatus();
}

bool SameValue(const v1::IndicatorValue& a, const v1::IndicatorValue& b) {
  if (a.indicator() != b.indicator() || a.period() != b.period() || a.ref_area() != b.ref_area())
    return false;
  if (a.dims_size() != b.dims_size()) return false;
  for (int i = 0; i < a.dims_size(); ++i) {
    if (a.dims(i).name() != b.dims(i).name() || a.dims(i).code() != b.dims(i).code()) return false;
  }
  return true;
}

absl::Status FillDims(v1::IndicatorValue& value, const ValueWords& words) {
  std::vector<std::pair<std::string, std::string>> dims;
  for (const std::string& dim : words.dims) {
    size_t equals = dim.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == dim.size()) {
      return Refuse(
          "E-DIM", absl::StrCat("values[", words.indicator, "].dims"),
          absl::StrCat(meaning::Quoted(dim), " not understood; write NAME=CODE, such as sex=F"));
    }
    dims.emplace_back(dim.substr(0, equals), dim.substr(equals + 1));
  }
  std::sort(dims.begin(), dims.end());
  for (const auto& [name, code] : dims) {
    auto* added = value.add_dims();
    added->set_name(name);
    added->set_code(code);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::IndicatorValue> BuildValue(const ValueWords& words) {
  const std::string field = absl::StrCat("values[", words.indicator, "]");
  v1::IndicatorValue value;
  value.set_indicator(words.indicator);
  ASSIGN_OR_RETURN(std::string period, CleanPeriod(field + ".period", words.period));
  value.set_period(period);
  RETURN_IF_ERROR(FillDims(value, words));
  if (!words.value.empty() && !meaning::Decimal::Parse(words.value)) {
    std::string likely = meaning::LikelyDecimal(words.value);
    return Refuse("E-NUM", field + ".value",
                  absl::StrCat(meaning::Quoted(words.value), " is not a number",
                               likely.empty() ? "; write digits and a dot, such as 1234.5"
                                              : "; write " + likely));
  }
  value.set_value(words.value);
  if (!words.status.empty() && !meaning::Contains(meaning::ValueStatuses(), words.status)) {
    return Refuse("E-STATUS", field + ".status",
                  absl::StrCat(meaning::Quoted(words.status), " is not a value status",
                               meaning::Suggestion(words.status, meaning::ValueStatuses())));
  }
  value.set_status(words.status == "A" ? "" : words.status);
  if (!words.trend.empty()) {
    auto trend = meaning::ParseTrend(words.trend);
    if (!trend) {
      return Refuse("E-QUAL", field + ".trend",
                    absl::StrCat(meaning::Quoted(words.trend), " is not a trend",
                                 meaning::Suggestion(words.trend, meaning::TrendWords())));
    }
    value.set_trend(*trend);
  }
  value.set_unit(words.unit);
  value.set_ref_area(words.ref_area);
  value.set_approximate(words.approximate);
  ASSIGN_OR_RETURN(*value.mutable_source(), CleanText(field + ".source", words.source));
  ASSIGN_OR_RETURN(*value.mutable_note(), CleanText(field + ".note", words.note));
  ASSIGN_OR_RETURN(*value.mutable_method(), CleanText(field + ".method", words.method));
  return value;
}

}  // namespace

absl::Status Refuse(absl::string_view code, absl::string_view field, absl::string_view what) {
  std::string message = absl::StrCat(code, " ", field, ": ", what);
  absl::Status status = Failure(absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED", message,
                                "nothing was changed; give it again");
  return WithField(std::move(status), field);
}

absl::StatusOr<std::vector<Assignment>> ParseAssignments(const std::vector<std::string>& words) {
  std::vector<Assignment> out;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    size_t equals = word.find('=');
    if (equals != std::string::npos && equals > 0) {
      out.push_back({word.substr(0, equals), word.substr(equals + 1)});
    } else if (i + 1 < words.size()) {
      out.push_back({word, words[i + 1]});
      ++i;
    } else {
      return UsageError(absl::StrCat("\"", word, "\" has no value"),
                        "write NAME=VALUE, or NAME VALUE");
    }
  }
  return out;
}

namespace {

// "section.obstacles.ru" -> section, obstacles.ru
std::pair<std::string, std::string> NameAndRest(const std::string& name) {
  return absl::StrSplit(name, absl::MaxSplits('.', 1));
}

// What the question of a merge about this field is called (node/meaning/record/part_name.h).
std::string QuestionOf(const v1::Report& report, const std::string& field) {
  const auto [name, rest] = NameAndRest(field);
  const std::string& lang = report.common().lang();
  if (name == "milestone") return "milestones";
  if (name == "nil") return "nil_reason";
  if (name == "narrative") return meaning::NarrativeName(rest.empty() ? lang : rest);
  if (name != "section") return name;
  const auto [section, tag] = NameAndRest(rest);
  return meaning::SectionName(section, tag.empty() ? lang : tag);
}

// "values" is of all values, and how nodes before this version asked about a list.
bool Answers(const std::string& part, const std::string& question) {
  const std::string list = question.substr(0, question.find('['));
  return question == part || (list == "values" && part == list) ||
         (question == list && list == part.substr(0, part.find('[')));
}

}  // namespace

bool Settle(v1::Draft& draft, const std::string& part) {
  bool found = false;
  for (v1::Finding& question : *draft.mutable_questions()) {
    if (!Answers(part, question.field())) continue;
    question.set_severity("settled");
    found = true;
  }
  return found;
}

absl::Status SetInDraft(v1::Draft& draft, const Assignment& field) {
  RETURN_IF_ERROR(SetField(*draft.mutable_report(), field));
  Settle(draft, QuestionOf(draft.report(), field.name));
  return absl::OkStatus();
}

absl::Status SetValueInDraft(v1::Draft& draft, const ValueWords& words) {
  ASSIGN_OR_RETURN(const v1::IndicatorValue value, BuildValue(words));
  const bool asked = Settle(draft, meaning::PartName(value));
  absl::Status set = SetValue(*draft.mutable_report(), words);
  // None of the versions' values: there is nothing to take out, and that is the answer.
  if (asked && words.remove && absl::IsNotFound(set)) return absl::OkStatus();
  return set;
}

absl::Status SetField(v1::Report& report, const Assignment& field) {
  auto [name, rest] = NameAndRest(field.name);
  if (!meaning::Contains(FieldNames(), name)) {
    return UsageError(absl::StrCat("a draft has no field \"", field.name, "\"",
                                   meaning::Suggestion(name, FieldNames())),
                      "entente draft set --help lists the fields");
  }
  if (name == "implementation" || name == "assessment") return SetStatusWord(report, field);
  ASSIGN_OR_RETURN(std::string text, CleanText(field.name, field.value));
  const std::string lang = report.common().lang();
  if (name == "period") {
    ASSIGN_OR_RETURN(std::string period, CleanPeriod("period", text));
    report.set_period(period);
    return absl::OkStatus();
  }
  if (name == "narrative") {
    PutText(report.mutable_narratives(), rest.empty() ? lang : rest, text);
    return absl::OkStatus();
  }
  if (name == "section") {
    size_t dot = rest.find('.');
    return SetSection(report, rest.substr(0, dot),
                      dot == std::string::npos ? lang : rest.substr(dot + 1), text);
  }
  return SetPlain(report, {name, field.value}, text);
}

absl::Status SetValue(v1::Report& report, const ValueWords& words) {
  ASSIGN_OR_RETURN(v1::IndicatorValue value, BuildValue(words));
  auto* values = report.mutable_values();
  for (int i = 0; i < values->size(); ++i) {
    if (!SameValue(values->Get(i), value)) continue;
    if (words.remove) {
      values->DeleteSubrange(i, 1);
    } else {
      *values->Mutable(i) = value;
    }
    return absl::OkStatus();
  }
  if (words.remove) {
    return Failure(
        absl::StatusCode::kNotFound, "NOT_FOUND_RECORD",
        absl::StrCat("the draft has no such value of ", words.indicator, " for ", words.period),
        "entente draft show lists its values");
  }
  *values->Add() = value;
  return absl::OkStatus();
}

}  // namespace entente::client
