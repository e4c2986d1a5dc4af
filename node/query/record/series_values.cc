#include "node/query/record/series_values.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "entente/v1/question.pb.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/text/words.h"
#include "node/merge/slot_value.h"
#include "node/query/lookup/lookup_rows.h"

namespace entente::query {

namespace {

bool HasDims(const v1::IndicatorValue& value, const SeriesFilter& filter) {
  return std::all_of(filter.dims.begin(), filter.dims.end(), [&](const auto& wanted) {
    return std::any_of(value.dims().begin(), value.dims().end(), [&](const auto& dim) {
      return dim.name() == wanted.first && dim.code() == wanted.second;
    });
  });
}

std::string DimsText(const v1::IndicatorValue& value) {
  std::string out = value.ref_area().empty() ? "" : absl::StrCat("area=", value.ref_area());
  for (const auto& dim : value.dims())
    absl::StrAppend(&out, out.empty() ? "" : " ", dim.name(), "=", dim.code());
  return out;
}

class Gatherer {
 public:
  Gatherer(const Views& views, const SeriesFilter& filter) : views_(views), filter_(filter) {}

  absl::Status Add(const v1::SeriesRow& row) {
    const auto& wanted = filter_.delegations;
    if (!wanted.empty() &&
        std::find(wanted.begin(), wanted.end(), row.delegation()) == wanted.end())
      return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<uint64_t> hlc, StandsSince(row));
    if (!hlc) return absl::OkStatus();
    for (const v1::IndicatorValue& value : row.values()) {
      const auto period = meaning::ParsePeriod(value.period());
      if (!period || !HasDims(value, filter_)) continue;
      if (filter_.from && period->first < filter_.from->first) continue;
      if (filter_.to && period->last > filter_.to->last) continue;
      found_[{period->first, period->last, value.period(), DimsText(value)}][row.delegation()]
            [row.slot()]
                .push_back({*hlc, row.entry(), row.slot(), value});
    }
    return absl::OkStatus();
  }

  SeriesCells Take() {
    SeriesCells out;
    for (auto& [place, delegations] : found_) {
      for (auto& [delegation, slots] : delegations)
        out[place][delegation] = meaning::StandingOf(std::move(slots));
    }
    return out;
  }

 private:
  // The claimed time of the entry if it is a head of its slot.
  absl::StatusOr<std::optional<uint64_t>> StandsSince(const v1::SeriesRow& row) {
    auto [it, fresh] = slots_.try_emplace(row.slot());
    if (fresh) {
      ASSIGN_OR_RETURN(it->second, views_.Slot(row.slot()));
    }
    for (const v1::Contribution* head : merge::Heads(it->second)) {
      if (head->entry() == row.entry()) return std::optional<uint64_t>(head->hlc());
    }
    return std::optional<uint64_t>();
  }

  const Views& views_;
  const SeriesFilter& filter_;
  std::map<std::string, v1::SlotValue> slots_;
  std::map<SeriesPlace, std::map<std::string, meaning::BySlot<Statement>>> found_;
};

// A delegation may have got another code since a row was made. Its reports stand under the new one,
// all of them.
class CodesNow {
 public:
  explicit CodesNow(const Views& views) : views_(views) {}

  void Apply(v1::SeriesRow& row) {
    const auto author = base::DelegationId::FromBytes(row.author());
    if (!author) return;
    auto [known, fresh] = codes_.try_emplace(*author);
    if (fresh) known->second = views_.published().DelegationCode(views_.instrument(), *author);
    if (known->second == row.delegation()) return;
    auto slot = meaning::ParseReportSlot(row.slot());
    if (!slot) return;
    slot->delegation = known->second;
    row.set_slot(meaning::PrintReportSlot(*slot));
    row.set_delegation(known->second);
  }

 private:
  const Views& views_;
  std::map<base::DelegationId, std::string> codes_;
};

}  // namespace

std::string ValueText(const v1::IndicatorValue& value) {
  if (value.trend() != v1::TREND_UNSPECIFIED) return base::Str(meaning::TrendWord(value.trend()));
  if (value.value().empty()) return value.status().empty() ? "–" : value.status();
  return absl::StrCat(
      value.approximate() ? "~" : "", value.value(),
      value.status().empty() || value.status() == "A" ? "" : absl::StrCat(" ", value.status()));
}

absl::StatusOr<SeriesCells> SeriesValues(const Views& views, const std::string& indicator,
                                         const SeriesFilter& filter) {
  std::vector<v1::SeriesRow> rows;
  CodesNow codes(views);
  auto it = views.snapshot().Scan(store::kLookup, SeriesPrefix(views.instrument(), indicator));
  for (; it->Valid(); it->Next()) {
    v1::SeriesRow row;
    if (!row.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) continue;
    codes.Apply(row);
    rows.push_back(std::move(row));
  }
  RETURN_IF_ERROR(it->status());
  // They come by entry id, which is no order at all: by slot, the slots are read as they lie on
  // disk, neighbours from one block.
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::forward_as_tuple(a.slot(), a.entry()) < std::forward_as_tuple(b.slot(), b.entry());
  });
  Gatherer gatherer(views, filter);
  for (const v1::SeriesRow& row : rows) RETURN_IF_ERROR(gatherer.Add(row));
  return gatherer.Take();
}

}  // namespace entente::query
