// Rules of indicator values: E-NUM, E-NUM-DEC, W-NUM-RANGE, E-QUAL, E-MISSING, E-UNIT, E-DIM,
// E-DIM-DUP, W-DIM-SUM, W-OUTLIER, W-PERIOD-DATA, E-PERIOD-FUTURE, E-REF, E-STATUS of a value.
#include <map>
#include <set>

#include "absl/strings/str_join.h"
#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/decimal.h"

namespace entente::meaning {
namespace {

constexpr int64_t kMillisPerDay = 86'400'000;

std::string Path(const v1::IndicatorValue& value, absl::string_view field) {
  return "values[" + value.indicator() + "]." + base::Str(field);
}

std::string Codes(const google::protobuf::RepeatedPtrField<std::string>& codes) {
  return absl::StrJoin(codes, ", ");
}

std::vector<std::string> List(const google::protobuf::RepeatedPtrField<std::string>& codes) {
  return {codes.begin(), codes.end()};
}

// E-NUM: the text is a decimal number, whatever the indicator.
std::optional<Decimal> CheckNumber(const v1::IndicatorValue& value, RuleContext& context) {
  if (value.value().empty()) return std::nullopt;
  auto number = Decimal::Parse(value.value());
  if (!number) {
    std::string likely = LikelyDecimal(value.value());
    context.out.Refuse("E-NUM", Path(value, "value"),
                       Quoted(value.value()) +
                           " is no number in the agreed form (digits, a dot for decimals, no group "
                           "separators, no exponent); write " +
                           (likely.empty() ? "1234.5" : likely));
  }
  return number;
}

bool IsMissingStatus(const std::string& status) {
  return status == "L" || status == "M" || status == "O" || status == "Q";
}

// E-STATUS and E-MISSING: what can be said of the status letter and of an empty value alone.
void CheckStatusLetter(const v1::IndicatorValue& value, RuleContext& context) {
  if (!value.status().empty() && !Contains(ValueStatuses(), value.status())) {
    context.out.Refuse("E-STATUS", Path(value, "status"),
                       Quoted(value.status()) +
                           " is no observation status; use one letter of A E P B D L M O Q U "
                           "(A normal, E estimated, P provisional)");
  }
  bool says_something = !value.value().empty() || value.trend() != v1::TREND_UNSPECIFIED;
  if (says_something) {
    if (IsMissingStatus(value.status()) && !value.value().empty()) {
      context.out.Refuse("E-MISSING", Path(value, "status"),
                         "status " + value.status() + " says the value is missing, but " +
                             value.value() + " is given; drop one of them");
    }
    return;
  }
  if (!IsMissingStatus(value.status())) {
    context.out.Refuse("E-MISSING", Path(value, "value"),
                       "empty; say why with a status (L not collected, M cannot exist, O missing, "
                       "Q suppressed) and a note");
  } else if (value.note().empty()) {
    context.out.Refuse(
        "E-MISSING", Path(value, "note"),
        "status " + value.status() + " says the value is missing; add a note that says why");
  }
}

// E-QUAL: a number where the indicator wants a direction, or the other way round.
void CheckMeasure(const v1::IndicatorValue& value, const v1::Indicator& indicator,
                  RuleContext& context) {
  bool qualitative = indicator.measure() == "qualitative";
  if (qualitative && !value.value().empty()) {
    context.out.Refuse("E-QUAL", Path(value, "value"),
                       "indicator " + indicator.code() +
                           " is qualitative; give a trend (up, down, stable, unknown) and not "
                           "the number " +
                           value.value());
  }
  if (!qualitative && value.value().empty() && value.trend() != v1::TREND_UNSPECIFIED &&
      !IsMissingStatus(value.status())) {
    context.out.Refuse("E-QUAL", Path(value, "value"),
                       "indicator " + indicator.code() +
                           " wants a number; a trend alone does not answer it, give a value or a "
                           "missing status (L, M, O, Q)");
  }
}

void CheckUnit(const v1::IndicatorValue& value, const v1::Indicator& indicator,
               RuleContext& context) {
  if (value.unit().empty() || value.unit() == indicator.unit()) return;
  context.out.Refuse("E-UNIT", Path(value, "unit"),
                     value.unit() + " given, indicator " + indicator.code() + " wants " +
                         indicator.unit() + "; convert the value");
}

void CheckRange(const v1::IndicatorValue& value, const v1::Indicator& indicator,
                const Decimal& number, RuleContext& context) {
  if (number.decimals() > static_cast<int>(indicator.decimals())) {
    context.out.Refuse("E-NUM-DEC", Path(value, "value"),
                       value.value() + " has " + std::to_string(number.decimals()) +
                           " decimals; indicator " + indicator.code() + " takes " +
                           std::to_string(indicator.decimals()) + ", round it");
  }
  bool percentage = indicator.measure() == "percentage";
  std::string minimum =
      indicator.minimum().empty() && percentage ? std::string("0") : indicator.minimum();
  std::string maximum =
      indicator.maximum().empty() && percentage ? std::string("100") : indicator.maximum();
  std::string unit = percentage ? " (%)" : "";
  auto low = Decimal::Parse(minimum), high = Decimal::Parse(maximum);
  if (high && number > *high) {
    context.out.Flag(
        "W-NUM-RANGE", Path(value, "value"),
        value.value() + " above the indicator's maximum " + maximum + unit + "; check the figure");
  } else if (low && number < *low) {
    context.out.Flag(
        "W-NUM-RANGE", Path(value, "value"),
        value.value() + " below the indicator's minimum " + minimum + unit + "; check the figure");
  }
}

const v1::Dimension* FindDimension(const v1::Indicator& indicator, const std::string& name) {
  for (const auto& dimension : indicator.dimensions()) {
    if (dimension.name() == name) return &dimension;
  }
  return nullptr;
}

void CheckDimensions(const v1::IndicatorValue& value, const v1::Indicator& indicator,
                     RuleContext& context) {
  std::vector<std::string> names;
  for (const auto& dimension : indicator.dimensions()) names.push_back(dimension.name());
  std::set<std::string> given;
  for (const auto& dim : value.dims()) {
    given.insert(dim.name());
    const v1::Dimension* dimension = FindDimension(indicator, dim.name());
    if (dimension == nullptr) {
      context.out.Refuse(
          "E-DIM", Path(value, "dims"),
          Quoted(dim.name()) + " is no dimension of " + indicator.code() +
              (names.empty() ? "; it has none, leave it out" : Suggestion(dim.name(), names)));
    } else if (!Contains(List(dimension->codes()), dim.code())) {
      context.out.Refuse("E-DIM", Path(value, "dims." + dim.name()),
                         Quoted(dim.code()) + " is no code of " + dim.name() + "; use one of " +
                             Codes(dimension->codes()));
    }
  }
  for (const auto& dimension : indicator.dimensions()) {
    if (dimension.mandatory() && !given.contains(dimension.name()) &&
        !IsMissingStatus(value.status())) {
      context.out.Refuse("E-DIM", Path(value, "dims." + dimension.name()),
                         "missing; " + indicator.code() +
                             " is always broken down by it, give one "
                             "of " +
                             Codes(dimension.codes()));
    }
  }
}

void CheckAgainstIndicator(const v1::Report& report, const v1::IndicatorValue& value,
                           const std::optional<Decimal>& number, RuleContext& context) {
  const v1::Indicator* found = context.catalogue.FindIndicator(value.indicator());
  if (found == nullptr) {
    context.out.Hold("E-REF", Path(value, "indicator"),
                     "needs indicator " + value.indicator() +
                         ", which is not here yet; sync with the secretariat" +
                         Suggestion(value.indicator(), context.catalogue.CodesOf(v1::INDICATOR)));
    return;
  }
  const v1::Indicator indicator = *found;  // the pointer is good until the next catalogue call only
  CheckMeasure(value, indicator, context);
  CheckUnit(value, indicator, context);
  CheckDimensions(value, indicator, context);
  if (!number || indicator.measure() == "qualitative") return;
  CheckRange(value, indicator, *number, context);
  auto past = context.catalogue.PreviousValue(report.common().delegation(), value);
  auto before = past ? Decimal::Parse(*past) : std::nullopt;
  if (before && number->FarFrom(*before)) {
    context.out.Flag("W-OUTLIER", Path(value, "value"),
                     value.value() + " is more than ten times off the last value " + *past +
                         "; check the figure and its unit");
  }
}

void CheckValuePeriod(const v1::Report& report, const v1::IndicatorValue& value,
                      RuleContext& context) {
  auto period = CheckPeriod(value.period(), Path(value, "period"), context);
  if (!period) return;
  if (!report.period().empty() && report.period() != value.period()) {
    context.out.Flag("W-PERIOD-DATA", Path(value, "period"),
                     "data of " + value.period() + " in a report on " + report.period() +
                         "; shown with its own period");
  }
  int64_t start_ms = DayNumber(period->first) * kMillisPerDay;
  bool clock_counts = context.moment != Moment::kLog && context.now_ms != 0;
  if (clock_counts && start_ms > static_cast<int64_t>(context.now_ms)) {
    context.out.Refuse("E-PERIOD-FUTURE", Path(value, "period"),
                       value.period() + " has not begun; an actual value needs a past period");
  }
}

// One key per value: indicator, period, area, dimensions in name order.
std::string KeyOf(const v1::IndicatorValue& value, const std::string& without_dimension) {
  std::map<std::string, std::string> dims;
  for (const auto& dim : value.dims()) {
    if (dim.name() != without_dimension) dims[dim.name()] = dim.code();
  }
  std::string key = value.indicator() + '\n' + value.period() + '\n' + value.ref_area();
  for (const auto& [name, code] : dims) key += '\n' + name + '=' + code;
  return key;
}

void CheckDuplicates(const v1::Report& report, RuleContext& context) {
  std::set<std::string> keys;
  for (const auto& value : report.values()) {
    std::set<std::string> names;
    for (const auto& dim : value.dims()) {
      if (!names.insert(dim.name()).second) {
        context.out.Refuse("E-DIM-DUP", Path(value, "dims." + dim.name()),
                           "dimension given twice in one value; keep one");
      }
    }
    if (!keys.insert(KeyOf(value, "")).second) {
      context.out.Refuse("E-DIM-DUP", Path(value, "period"),
                         "a second value for the same indicator, period, area and dimensions; "
                         "keep one of them");
    }
  }
}

struct PartialValues {
  std::map<std::string, Decimal> by_code;
  const v1::IndicatorValue* any = nullptr;
};

void CheckSum(const PartialValues& parts, const v1::Dimension& dimension, RuleContext& context) {
  auto total = parts.by_code.find(dimension.total_code());
  if (total == parts.by_code.end() || parts.by_code.size() < 3) return;
  // Only a full set of parts can be compared with its total.
  if (static_cast<int>(parts.by_code.size()) != dimension.codes_size()) return;
  Decimal sum;
  std::string shown;
  for (const auto& [code, number] : parts.by_code) {
    if (code == dimension.total_code()) continue;
    sum = sum + number;
    shown += (shown.empty() ? "" : " + ") + code + " " + number.Print();
  }
  if (sum == total->second) return;
  context.out.Flag("W-DIM-SUM", Path(*parts.any, "dims." + dimension.name()),
                   shown + " = " + sum.Print() + ", the total says " + total->second.Print() +
                       "; check the parts or the total");
}

void CheckSums(const v1::Report& report, RuleContext& context) {
  std::set<std::string> done;
  for (const auto& value : report.values()) {
    if (!done.insert(value.indicator()).second) continue;
    const v1::Indicator* found = context.catalogue.FindIndicator(value.indicator());
    if (found == nullptr) continue;
    const v1::Indicator indicator = *found;
    for (const auto& dimension : indicator.dimensions()) {
      if (dimension.total_code().empty()) continue;
      std::map<std::string, PartialValues> groups;
      for (const auto& other : report.values()) {
        auto number = Decimal::Parse(other.value());
        if (other.indicator() != indicator.code() || !number) continue;
        for (const auto& dim : other.dims()) {
          if (dim.name() != dimension.name()) continue;
          PartialValues& parts = groups[KeyOf(other, dimension.name())];
          parts.by_code[dim.code()] = *number;
          parts.any = &other;
        }
      }
      for (const auto& [key, parts] : groups) CheckSum(parts, dimension, context);
    }
  }
}

}  // namespace

void CheckValues(const v1::Report& report, RuleContext& context) {
  for (const auto& value : report.values()) {
    if (!IsIndicatorCode(value.indicator())) {
      context.out.Refuse(
          "E-CODE", Path(value, "indicator"),
          Quoted(value.indicator()) + " is no indicator code; write capitals, digits and hyphens");
      continue;
    }
    if (!v1::Trend_IsValid(value.trend())) {
      context.out.Refuse("E-STATUS", Path(value, "trend"),
                         "number " + std::to_string(value.trend()) +
                             " is no trend; use up, down, stable or unknown");
    }
    auto number = CheckNumber(value, context);
    CheckStatusLetter(value, context);
    CheckValuePeriod(report, value, context);
    if (!context.catalogue.KnowsNothing()) CheckAgainstIndicator(report, value, number, context);
  }
  CheckDuplicates(report, context);
  if (!context.catalogue.KnowsNothing()) CheckSums(report, context);
}

}  // namespace entente::meaning
