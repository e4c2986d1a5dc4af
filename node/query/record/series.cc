#include "node/query/record/series.h"

#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/decimal.h"
#include "node/query/lookup/lookup_maker.h"
#include "node/query/record/series_values.h"
#include "node/query/view/directory.h"
#include "node/query/view/narrowed.h"
#include "node/query/view/payload_of.h"
#include "node/query/view/table.h"

namespace entente::query {

using absl::StatusCode;
using base::Error;

namespace {

constexpr int kRestatedMax = 20;

absl::Status Bad(absl::string_view text) {
  return Error(StatusCode::kInvalidArgument, "USAGE", base::Str(text));
}

absl::StatusOr<std::optional<meaning::Period>> BoundOf(const char* option,
                                                       const std::string& text) {
  if (text.empty()) return std::optional<meaning::Period>();
  auto period = meaning::ParsePeriod(text);
  if (!period) {
    return Bad(absl::StrCat("E-PERIOD-FMT ", option, ": \"", text,
                            "\" not understood; write a period such as 2017 or 2017-Q3"));
  }
  return period;
}

absl::StatusOr<SeriesFilter> FilterOf(const Views& views, const v1::SeriesRequest& request) {
  SeriesFilter filter;
  for (const std::string& code : request.delegations()) {
    RETURN_IF_ERROR(CheckAdmitted(views, code));
    filter.delegations.push_back(code);
  }
  ASSIGN_OR_RETURN(filter.from, BoundOf("--from", request.from()));
  ASSIGN_OR_RETURN(filter.to, BoundOf("--to", request.to()));
  if (filter.from && filter.to && filter.to->last < filter.from->first) {
    return Bad(absl::StrCat("--from: ", request.from(), " is later than --to ", request.to(),
                            "; give the earlier of the two as --from"));
  }
  for (const std::string& dim : request.dims()) {
    const size_t equals = dim.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == dim.size())
      return Bad(absl::StrCat("--dim: \"", dim, "\" not understood; write NAME=CODE, as sex=T"));
    filter.dims.emplace_back(dim.substr(0, equals), dim.substr(equals + 1));
  }
  return filter;
}

absl::StatusOr<v1::IndicatorSummary> IndicatorOf(const Views& views, absl::string_view given) {
  absl::ConsumePrefix(&given, views.code() + "/");
  ASSIGN_OR_RETURN(auto summary,
                   views.Head<v1::IndicatorSummary>(absl::StrCat("indicator/", given)));
  if (summary) return *std::move(summary);
  ASSIGN_OR_RETURN(auto all, views.All<v1::IndicatorSummary>("indicator"));
  std::vector<std::string> known;
  for (const v1::IndicatorSummary& one : all) known.push_back(one.code());
  return NotHeld("indicator", given, known, views.restricted());
}

using Dims = std::set<std::string>;  // "sex=F"

// Of the catalogue, and of the values there are.
absl::StatusOr<Dims> KnownDims(const Views& views, const std::string& indicator) {
  Dims known;
  ASSIGN_OR_RETURN(
      const auto whole,
      PayloadIn<v1::Indicator>(views, absl::StrCat("indicator/", indicator), v1::INDICATOR));
  for (const v1::Dimension& dim : whole.dimensions()) {
    for (const std::string& code : dim.codes()) known.insert(absl::StrCat(dim.name(), "=", code));
    if (!dim.total_code().empty()) known.insert(absl::StrCat(dim.name(), "=", dim.total_code()));
  }
  ASSIGN_OR_RETURN(const SeriesCells all, SeriesValues(views, indicator, {}));
  for (const auto& [place, row] : all) {
    for (const auto& [delegation, cell] : row) {
      for (const Statement& one : cell.stands) {
        for (const auto& dim : one.value.dims())
          known.insert(absl::StrCat(dim.name(), "=", dim.code()));
      }
    }
  }
  return known;
}

// Asked where nothing was found: is it that there is nothing, or a slip of the pen?
absl::Status CheckDims(const Views& views, const std::string& indicator,
                       const SeriesFilter& filter) {
  if (filter.dims.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Dims known, KnownDims(views, indicator));
  for (const auto& [name, code] : filter.dims) {
    const std::string dim = absl::StrCat(name, "=", code);
    if (known.contains(dim)) continue;
    if (known.empty()) {
      return Error(StatusCode::kNotFound, "NOT_FOUND_RECORD",
                   absl::StrCat("--dim: ", indicator, " has no dimensions; leave --dim out"));
    }
    return UnknownWord("--dim", dim, {known.begin(), known.end()});
  }
  return absl::OkStatus();
}

// A figure over delegations only where the catalogue says that they may be put together.
bool Adds(const v1::IndicatorSummary& indicator) {
  return indicator.aggregation() == "sum" || indicator.aggregation() == "last" ||
         indicator.aggregation() == "mean";
}

struct Total {
  meaning::Decimal sum;
  int stated = 0, estimated = 0, missing = 0, conflict = 0;

  void Add(const SeriesCell& cell) {
    if (cell.conflict()) {
      ++conflict;
      return;
    }
    const v1::IndicatorValue& value = cell.stands.back().value;
    const auto number = meaning::Decimal::Parse(value.value());
    if (!number) {
      ++missing;
      return;
    }
    sum = stated == 0 ? *number : sum + *number;
    ++stated;
    if (value.status() == "E" || value.approximate()) ++estimated;
  }
  std::string Figure(const std::string& aggregation) const {
    if (stated == 0) return "–";
    if (aggregation != "mean") return sum.Print();
    double all = 0;
    (void)absl::SimpleAtod(sum.Print(), &all);
    return absl::StrFormat("%.2f", all / stated);
  }
  std::string Of(size_t delegations) const {
    std::string out = absl::StrCat(stated, " of ", delegations);
    if (estimated > 0) absl::StrAppend(&out, ", ", estimated, " estimated");
    if (missing > 0) absl::StrAppend(&out, ", ", missing, " without a number");
    if (conflict > 0) absl::StrAppend(&out, ", ", conflict, " in conflict left out");
    return out;
  }
};

std::string CellText(const SeriesCell& cell) {
  std::string text = absl::StrJoin(
      cell.stands, " | ",
      [](std::string* out, const Statement& statement) { *out += ValueText(statement.value); });
  if (cell.conflict()) text += " ‡";
  return text;
}

const char* LetterInWords(const std::string& letter) {
  static const auto* words = new std::map<std::string, const char*>{{"E", "estimated"},
                                                                    {"P", "provisional"},
                                                                    {"B", "break in the series"},
                                                                    {"D", "definition differs"},
                                                                    {"L", "not collected"},
                                                                    {"M", "cannot exist"},
                                                                    {"O", "missing"},
                                                                    {"Q", "suppressed"},
                                                                    {"U", "low reliability"}};
  auto it = words->find(letter);
  return it == words->end() ? nullptr : it->second;
}

// What the letters mean, of those that are there.
std::string Legend(const SeriesCells& cells) {
  std::set<std::string> letters;
  bool conflict = false;
  for (const auto& [place, row] : cells) {
    for (const auto& [delegation, cell] : row) {
      conflict |= cell.conflict();
      for (const Statement& statement : cell.stands) letters.insert(statement.value.status());
    }
  }
  std::vector<std::string> parts;
  for (const std::string& letter : letters) {
    if (const char* words = LetterInWords(letter))
      parts.push_back(absl::StrCat(letter, " ", words));
  }
  if (conflict) parts.push_back("‡ versions in conflict");
  return parts.empty() ? "" : absl::StrCat("legend: ", absl::StrJoin(parts, ", "));
}

class SeriesTable {
 public:
  SeriesTable(const Views& views, v1::IndicatorSummary indicator, const SeriesCells& cells,
              const SeriesFilter& filter)
      : views_(views),
        indicator_(std::move(indicator)),
        cells_(cells),
        delegations_(filter.delegations) {
    std::set<std::string> stating;
    for (const auto& [place, row] : cells_) {
      has_dims_ |= !place.dims.empty();
      for (const auto& [delegation, cell] : row) stating.insert(delegation);
    }
    if (delegations_.empty()) delegations_.assign(stating.begin(), stating.end());
  }

  // A line a period, a column a delegation.
  v1::Table Wide() {
    using Heading = std::pair<std::string, std::string>;
    std::vector<Heading> headings = {{"period", "PERIOD"}};
    if (has_dims_) headings.push_back({"dims", "DIMENSIONS"});
    for (const std::string& code : delegations_) headings.push_back({code, code});
    if (Adds(indicator_)) {
      const bool mean = indicator_.aggregation() == "mean";
      headings.push_back(mean ? Heading{"total", "MEAN"} : Heading{"total", "TOTAL"});
      headings.push_back({"total_of", "OF DELEGATIONS"});
    }
    v1::Table table;
    for (const auto& [name, title] : headings) {
      v1::Column* column = table.add_columns();
      column->set_name(name);
      column->set_title(title);
    }
    for (const auto& [place, row] : cells_) AddLine(place, row, *table.add_rows());
    Notes(table);
    return table;
  }

  // A line a value: for machines.
  v1::Table Long() {
    TableBuilder table({{"period", "PERIOD"},
                        {"dims", "DIMENSIONS"},
                        {"delegation", "DELEGATION"},
                        {"value", "VALUE", true},
                        {"status", "STATUS"},
                        {"trend", "TREND"},
                        {"state", "STATE"},
                        {"source", "SOURCE"},
                        {"note", "NOTE"},
                        {"reference", "REFERENCE"},
                        {"entry_id", "ENTRY"}});
    for (const auto& [place, row] : cells_) {
      for (const auto& [delegation, cell] : row) {
        for (const Statement& one : cell.stands) {
          const v1::IndicatorValue& value = one.value;
          table.Row({place.period, place.dims, delegation, value.value(),
                     value.status().empty() ? "A" : value.status(),
                     base::Str(meaning::TrendWord(value.trend())),
                     cell.conflict() ? "conflict" : "stands", value.source(), value.note(),
                     meaning::ReferenceOfSlot(views_.code(), one.slot),
                     base::ToHex(one.entry).substr(0, 8)});
        }
      }
    }
    v1::Table out = table.Finish();
    Notes(out);
    return out;
  }

 private:
  void AddLine(const SeriesPlace& place, const std::map<std::string, SeriesCell>& row,
               v1::Row& line) const {
    line.add_cells(place.period);
    if (has_dims_) line.add_cells(place.dims);
    Total total;
    for (const std::string& code : delegations_) {
      auto cell = row.find(code);
      line.add_cells(cell == row.end() ? "" : CellText(cell->second));
      if (cell != row.end()) total.Add(cell->second);
    }
    if (!Adds(indicator_)) return;
    line.add_cells(total.Figure(indicator_.aggregation()));
    line.add_cells(total.Of(delegations_.size()));
  }

  void Notes(v1::Table& table) const {
    table.add_notes(
        absl::StrCat(indicator_.code(), " ", indicator_.title(),
                     indicator_.unit().empty() ? "" : absl::StrCat(", ", indicator_.unit()),
                     Adds(indicator_) ? "" : "; not to be added up over delegations"));
    int restated = 0;
    for (const auto& [place, row] : cells_) {
      for (const auto& [delegation, cell] : row) {
        if (!cell.before || ++restated > kRestatedMax) continue;
        table.add_notes(absl::StrCat("restated: ", delegation, " ", place.period,
                                     place.dims.empty() ? "" : " ", place.dims, " was ",
                                     ValueText(cell.before->value), " in ",
                                     meaning::ReferenceOfSlot(views_.code(), cell.before->slot)));
      }
    }
    if (restated > kRestatedMax)
      table.add_notes(absl::StrCat("and ", restated - kRestatedMax, " further values restated"));
    if (std::string legend = Legend(cells_); !legend.empty()) table.add_notes(std::move(legend));
  }

  const Views& views_;
  const v1::IndicatorSummary indicator_;
  const SeriesCells& cells_;
  std::vector<std::string> delegations_;
  bool has_dims_ = false;
};

}  // namespace

absl::StatusOr<v1::Table> Series(const Views& views, const v1::SeriesRequest& request) {
  ASSIGN_OR_RETURN(v1::IndicatorSummary indicator, IndicatorOf(views, request.indicator()));
  ASSIGN_OR_RETURN(const SeriesFilter filter, FilterOf(views, request));
  ASSIGN_OR_RETURN(const SeriesCells cells, SeriesValues(views, indicator.code(), filter));
  if (cells.empty()) RETURN_IF_ERROR(CheckDims(views, indicator.code(), filter));
  SeriesTable tables(views, std::move(indicator), cells, filter);
  v1::Table table = request.long_form() ? tables.Long() : tables.Wide();
  if (cells.empty()) table.add_notes("No value of it that was asked for is held here.");
  ASSIGN_OR_RETURN(const v1::LookupState state, LookupStateOf(views.snapshot()));
  if (state.through_arrival() < views.published().newest_arrival)
    table.add_notes(absl::StrCat(views.published().newest_arrival - state.through_arrival(),
                                 " entries are not read in yet; ask again"));
  return table;
}

}  // namespace entente::query
