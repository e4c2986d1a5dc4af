// Gathering the values of one indicator: which statement stands for a delegation, a period and a
// set of dimensions, and what it replaced.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/meaning/state/standing_value.h"
#include "node/meaning/value/period.h"
#include "node/query/view/views.h"

namespace entente::query {

struct SeriesFilter {
  std::vector<std::string> delegations;  // codes; empty: all
  std::optional<meaning::Period> from, to;
  std::vector<std::pair<std::string, std::string>> dims;  // name, code
};

// What is shown for one delegation at one place of the table.
using Statement = meaning::Statement;
using SeriesCell = meaning::StandingValue<Statement>;

// A line of the table: period and dimensions ("sex=F setting=prison"; a part of the area as
// "area=..."), in the order of time.
struct SeriesPlace {
  meaning::Date first, last;
  std::string period, dims;
  friend auto operator<=>(const SeriesPlace&, const SeriesPlace&) = default;
};
using SeriesCells = std::map<SeriesPlace, std::map<std::string, SeriesCell>>;  // by delegation

absl::StatusOr<SeriesCells> SeriesValues(const Views& views, const std::string& indicator,
                                         const SeriesFilter& filter);

// "430", "11000 E", "L", "~250", "down".
std::string ValueText(const v1::IndicatorValue& value);

}  // namespace entente::query
