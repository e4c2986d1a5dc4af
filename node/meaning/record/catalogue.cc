#include "node/meaning/record/catalogue.h"

#include "entente/v1/entry.pb.h"
#include "node/base/bytes.h"

namespace entente::meaning {
namespace {

template <class Map>
auto FindIn(const Map& map, absl::string_view key) -> decltype(&map.begin()->second) {
  auto it = map.find(base::Str(key));
  return it == map.end() ? nullptr : &it->second;
}

template <class Map>
std::vector<std::string> KeysOf(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, unused] : map) keys.push_back(key);
  return keys;
}

}  // namespace

const v1::Chapter* MemoryCatalogue::FindChapter(absl::string_view wanted) const {
  return FindIn(chapters, wanted);
}
const v1::Commitment* MemoryCatalogue::FindCommitment(absl::string_view wanted) const {
  return FindIn(commitments, wanted);
}
const v1::Indicator* MemoryCatalogue::FindIndicator(absl::string_view wanted) const {
  return FindIn(indicators, wanted);
}
const v1::Round* MemoryCatalogue::FindRound(absl::string_view wanted) const {
  return FindIn(rounds, wanted);
}

std::vector<std::string> MemoryCatalogue::CodesOf(uint32_t kind) const {
  switch (kind) {
    case v1::CHAPTER:
      return KeysOf(chapters);
    case v1::COMMITMENT:
      return KeysOf(commitments);
    case v1::INDICATOR:
      return KeysOf(indicators);
    case v1::ROUND:
      return KeysOf(rounds);
    default:
      return {};
  }
}

std::vector<base::EntryId> MemoryCatalogue::SlotHeads(absl::string_view slot) const {
  const auto* found = FindIn(heads, slot);
  return found ? *found : std::vector<base::EntryId>();
}

std::optional<std::string> MemoryCatalogue::SlotOf(const base::EntryId& entry) const {
  auto it = slots.find(entry);
  if (it == slots.end()) return std::nullopt;
  return it->second;
}

std::optional<std::string> MemoryCatalogue::AuthorOf(const base::EntryId& entry) const {
  auto it = authors.find(entry);
  if (it == authors.end()) return std::nullopt;
  return it->second;
}

const v1::Report* MemoryCatalogue::ReportOf(const base::EntryId& entry) const {
  auto it = reports.find(entry);
  return it == reports.end() ? nullptr : &it->second;
}

std::optional<std::string> MemoryCatalogue::PreviousValue(absl::string_view,
                                                          const v1::IndicatorValue& value) const {
  const auto* found = FindIn(past_values, value.indicator());
  if (!found) return std::nullopt;
  return *found;
}

std::optional<std::string> MemoryCatalogue::ExtendedDeadline(absl::string_view round,
                                                             absl::string_view delegation) const {
  auto it = extensions.find(base::Str(round) + "/" + base::Str(delegation));
  return it == extensions.end() ? std::nullopt : std::optional<std::string>(it->second);
}

bool MemoryCatalogue::RoundIsClosed(absl::string_view round) const {
  return closed_rounds.contains(base::Str(round));
}

std::optional<Silence> MemoryCatalogue::SilenceOn(const base::EntryId& amendment) const {
  auto it = silences.find(amendment);
  return it == silences.end() ? std::nullopt : std::optional<Silence>(it->second);
}

std::optional<AmendmentDecision> MemoryCatalogue::DecisionOn(const base::EntryId& amendment) const {
  auto it = decisions.find(amendment);
  return it == decisions.end() ? std::nullopt : std::optional<AmendmentDecision>(it->second);
}

}  // namespace entente::meaning
