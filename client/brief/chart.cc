#include "client/brief/chart.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/brief/html_parts.h"
#include "client/brief/texts.h"
#include "client/brief/versions.h"
#include "node/base/bytes.h"
#include "node/meaning/record/reference.h"
#include "node/meaning/state/standing_value.h"

namespace entente::client::brief {

namespace {

constexpr size_t kBarsMax = 80;  // of one chart; the tables have every value

// A value as one version of a report has it.
struct StatedValue : meaning::Statement {
  bool after_close = false;
};

// All that is stated in one place of a chart.
struct Given {
  meaning::BySlot<StatedValue> slots;
  bool breakdown = false;  // a part of a total
};
using Key = std::tuple<std::string, std::string, std::string>;  // delegation, period, of what
using ByIndicator = std::map<std::string, std::map<Key, Given>>;

bool IsBreakdown(const Facts& facts, const v1::IndicatorValue& value) {
  auto indicator = facts.indicators.find(value.indicator());
  if (indicator == facts.indicators.end()) return false;
  for (const auto& dim : value.dims()) {
    for (const auto& known : indicator->second.dimensions()) {
      if (known.name() == dim.name() && known.total_code() != dim.code()) return true;
    }
  }
  return false;
}

void Collect(const Facts& facts, const v1::BriefSlot& slot, const std::string& round,
             const google::protobuf::RepeatedPtrField<v1::BriefReport>& heads, ByIndicator& out) {
  const std::string name = SlotTextIn(round, slot);
  for (const auto& head : heads) {
    for (const auto& value : head.report().values()) {
      Given& given = out[value.indicator()][{slot.delegation(), value.period(), OfWhat(value)}];
      given.breakdown = IsBreakdown(facts, value);
      given.slots[name].push_back({{head.hlc(), head.entry(), name, value}, head.after_close()});
    }
  }
}

// Parts are left out where the total of the same delegation and period is there.
void DropParts(std::map<Key, Given>& values) {
  std::set<std::pair<std::string, std::string>> totals;
  for (const auto& [key, given] : values) {
    if (!given.breakdown) totals.emplace(std::get<0>(key), std::get<1>(key));
  }
  for (auto it = values.begin(); it != values.end();) {
    const bool drop =
        it->second.breakdown && totals.contains({std::get<0>(it->first), std::get<1>(it->first)});
    it = drop ? values.erase(it) : std::next(it);
  }
}

// "28,800 person E (estimated)"
std::string ShownText(const Value& value) {
  std::string out = value.shown;
  for (const std::string* part : {&value.trend, &value.letter}) {
    if (!part->empty()) absl::StrAppend(&out, out.empty() ? "" : " ", *part);
  }
  if (!value.letter_words.empty()) absl::StrAppend(&out, " (", value.letter_words, ")");
  return out;
}

// A bar for each value that stands.
std::vector<Bar> BarsOf(const Facts& facts, const Key& key, const Given& given,
                        const Phrases& phrases) {
  std::vector<Bar> out;
  const meaning::StandingValue<StatedValue> standing = meaning::StandingOf(given.slots);
  for (const StatedValue& stated : standing.stands) {
    Bar bar;
    bar.delegation = std::get<0>(key);
    bar.label = std::get<1>(key);
    if (!std::get<2>(key).empty()) absl::StrAppend(&bar.label, " ", std::get<2>(key));
    const Value value = ValueOf(facts, stated.value, "", phrases);
    double number = 0;
    if (absl::SimpleAtod(stated.value.value(), &number)) bar.value = number;
    bar.estimate = value.letter == "E" || value.approximate;
    bar.shown = ShownText(value);
    if (standing.conflict()) absl::StrAppend(&bar.shown, " \u2021");
    if (stated.after_close) bar.shown = phrases.Say("{0}, after the close", {bar.shown});
    if (standing.before && &stated == &standing.stands.back()) {
      absl::StrAppend(&bar.shown, "; ",
                      phrases.Say("restated, was {0} in {1}",
                                  {ShownText(ValueOf(facts, standing.before->value, "", phrases)),
                                   meaning::ReferenceOfSlot(facts.head.instrument_code(),
                                                            standing.before->slot)}));
    }
    out.push_back(std::move(bar));
  }
  return out;
}

// Delegations that were asked about a commitment this indicator measures.
std::set<std::string> AskedFor(const Facts& facts, const std::string& indicator) {
  std::set<std::string> out;
  for (const auto& slot : facts.slots) {
    if (!slot.asked()) continue;
    const v1::Commitment* commitment = facts.Commitment(slot.subject());
    if (commitment == nullptr) continue;
    const auto& codes = commitment->indicators();
    if (std::find(codes.begin(), codes.end(), indicator) != codes.end()) {
      out.insert(slot.delegation());
    }
  }
  return out;
}

std::string TitleOf(const Chart& chart) {
  return absl::StrCat(chart.code, chart.title.words.empty() ? "" : " ", chart.title.words);
}

std::string Description(const Chart& chart) {
  std::string out = absl::StrCat(TitleOf(chart), ". ");
  for (const Bar& bar : chart.bars) {
    absl::StrAppend(&out, bar.delegation, bar.label.empty() ? "" : " ", bar.label, ": ", bar.shown,
                    "; ");
  }
  return out;
}

// ---- drawing

constexpr int kRow = 24, kLabelMin = 160, kPlot = 330, kBesideMin = 260, kTop = 8;

std::string LabelOf(const Bar& bar) {
  return absl::StrCat(bar.delegation, bar.label.empty() ? "" : " ", bar.label);
}

// A character of 13 px type takes about 8.
int WidthOf(const std::string& text) {
  int characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return characters * 8 + 16;
}

// Wide enough for the longest label, and for what stands beside a bar.
int LabelWidth(const Chart& chart) {
  int width = kLabelMin;
  for (const Bar& bar : chart.bars) width = std::max(width, WidthOf(LabelOf(bar)));
  return width;
}
int BesideWidth(const Chart& chart) {
  int width = kBesideMin;
  for (const Bar& bar : chart.bars) width = std::max(width, WidthOf(bar.shown));
  return width;
}

std::string Rect(double x, int y, double width, const std::string& fill) {
  return absl::StrFormat(
      R"(<rect x="%.1f" y="%d" width="%.1f" height="14" fill="%s" stroke="#000"/>)", x, y, width,
      fill);
}

std::string Words(double x, int y, const char* anchor, const std::string& words) {
  return absl::StrFormat(R"(<text x="%.1f" y="%d" text-anchor="%s">%s</text>)", x, y, anchor,
                         Escaped(words));
}

}  // namespace

std::vector<Chart> ChartsOf(const Facts& facts, const Phrases& phrases) {
  ByIndicator values;
  for (const auto& slot : facts.slots) {
    Collect(facts, slot, facts.head.previous().code(), slot.previous(), values);
    Collect(facts, slot, facts.head.round().code(), slot.heads(), values);
  }
  std::vector<Chart> charts;
  for (auto& [code, given] : values) {
    DropParts(given);
    Chart chart;
    chart.code = code;

    if (auto known = facts.indicators.find(code); known != facts.indicators.end()) {
      chart.title = Named(known->second.titles(), phrases, "");
      chart.unit = known->second.unit();
    }
    std::set<std::string> silent = AskedFor(facts, code);
    size_t left_out = 0;
    for (const auto& [key, value] : given) {
      silent.erase(std::get<0>(key));
      for (Bar& bar : BarsOf(facts, key, value, phrases)) {
        if (chart.bars.size() < kBarsMax) {
          chart.bars.push_back(std::move(bar));
        } else {
          ++left_out;
        }
      }
    }
    for (const std::string& delegation : silent) {
      chart.bars.push_back({delegation, "", std::nullopt, phrases.Say("no value here"), false});
    }
    std::stable_sort(chart.bars.begin(), chart.bars.end(),
                     [](const Bar& a, const Bar& b) { return a.delegation < b.delegation; });
    chart.description = Description(chart);
    if (left_out > 0) {
      absl::StrAppend(&chart.description,
                      phrases.Say("{0} more stand in the tables only.", {absl::StrCat(left_out)}));
    }
    charts.push_back(std::move(chart));
  }
  return charts;
}

std::string ChartSvg(const Chart& chart) {
  double low = 0, high = 0;
  for (const Bar& bar : chart.bars) {
    low = std::min(low, bar.value.value_or(0));
    high = std::max(high, bar.value.value_or(0));
  }
  const double scale = high > low ? kPlot / (high - low) : 0;
  const int label = LabelWidth(chart), width = label + kPlot + BesideWidth(chart);
  const double zero = label - low * scale;
  const int height = kTop * 2 + kRow * static_cast<int>(chart.bars.size());
  const std::string id = Anchor(chart.code);
  std::string out = absl::StrFormat(
      R"svg(<svg class="chart" role="img" aria-labelledby="t-%s d-%s" viewBox="0 0 %d %d" )svg"
      R"svg(width="%d" height="%d" xmlns="http://www.w3.org/2000/svg"><title id="t-%s">%s</title>)svg"
      R"svg(<desc id="d-%s">%s</desc><defs><pattern id="h-%s" width="6" height="6" )svg"
      R"svg(patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" )svg"
      R"svg(height="6" fill="#fff"/><line x1="0" y1="0" x2="0" y2="6" stroke="#000" )svg"
      R"svg(stroke-width="2"/></pattern></defs>)svg"
      "\n",
      id, id, width, height, width, height, id, Escaped(TitleOf(chart)), id,
      Escaped(chart.description), id);
  int y = kTop;
  for (const Bar& bar : chart.bars) {
    absl::StrAppend(&out, Words(label - 8, y + 12, "end", LabelOf(bar)));
    double end = zero;
    if (bar.value) {
      const double length = *bar.value * scale;
      absl::StrAppend(&out, Rect(std::min(zero, zero + length), y, std::abs(length),
                                 bar.estimate ? absl::StrCat("url(#h-", id, ")") : "#555"));
      end = std::max(zero, zero + length);
    }
    absl::StrAppend(&out, Words(end + 6, y + 12, "start", bar.shown), "\n");
    y += kRow;
  }
  absl::StrAppend(&out,
                  absl::StrFormat(R"(<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#000"/>)",
                                  zero, kTop - 4, zero, y),
                  "</svg>\n");
  return out;
}

}  // namespace entente::client::brief
