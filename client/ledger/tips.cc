#include "client/ledger/tips.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/base/clock.h"

namespace entente::client {

namespace {

bool Counts(const FeedEntry& entry, const TipRule& rule) {
  if (rule.through_sequence && entry.sequence > *rule.through_sequence) return false;
  return rule.before_ms == 0 || HlcMs(entry.hlc) < rule.before_ms;
}

// The entries that count: an entry counts only with all its predecessors.
std::set<base::EntryId> Counted(const std::vector<FeedEntry>& entries, const TipRule& rule) {
  std::set<base::EntryId> counted;
  for (const FeedEntry& entry : entries) {
    bool rooted = entry.sequence == 1 || counted.contains(entry.previous);
    if (rooted && Counts(entry, rule)) counted.insert(entry.id);
  }
  return counted;
}

}  // namespace

std::vector<ledger::Tip> ProposeTips(const Feeds& feeds, const TipRule& rule) {
  std::vector<ledger::Tip> tips;
  for (const auto& [feed, entries] : feeds) {
    std::set<base::EntryId> counted = Counted(entries, rule);
    std::set<base::EntryId> followed;
    for (const FeedEntry& entry : entries) {
      if (counted.contains(entry.id)) followed.insert(entry.previous);
    }
    for (const FeedEntry& entry : entries) {
      if (counted.contains(entry.id) && !followed.contains(entry.id)) {
        tips.push_back({feed.Name(), entry.sequence, entry.id});
      }
    }
  }
  std::sort(tips.begin(), tips.end());
  return tips;
}

Sides SidesOf(const Feeds& feeds, const std::vector<ledger::Tip>& tips) {
  Sides sides;
  for (const auto& [feed, entries] : feeds) {
    std::map<base::EntryId, base::EntryId> previous;
    for (const FeedEntry& entry : entries) previous[entry.id] = entry.previous;
    std::set<base::EntryId> counted;
    for (const ledger::Tip& tip : tips) {
      if (tip.feed != feed.Name()) continue;
      for (base::EntryId at = tip.entry; previous.contains(at) && counted.insert(at).second;)
        at = previous[at];
    }
    for (const FeedEntry& entry : entries)
      (counted.contains(entry.id) ? sides.stay : sides.cut).push_back(entry);
  }
  return sides;
}

std::string TipsInWords(const Feeds& feeds, const std::vector<ledger::Tip>& tips,
                        size_t lines_max) {
  const Sides sides = SidesOf(feeds, tips);
  std::string out = absl::StrCat(sides.stay.size(), sides.stay.size() == 1 ? " entry" : " entries",
                                 " of it known here ", sides.stay.size() == 1 ? "stays" : "stay");
  if (!sides.stay.empty()) absl::StrAppend(&out, ", the last: ", EntryInWords(sides.stay.back()));
  absl::StrAppend(&out, "\n  ", sides.cut.size(), " known here will be held in quarantine");
  for (size_t i = 0; i < sides.cut.size() && i < lines_max; ++i)
    absl::StrAppend(&out, i == 0 ? ":" : "", "\n    ", EntryInWords(sides.cut[i]));
  if (sides.cut.size() > lines_max)
    absl::StrAppend(&out, "\n    and ", sides.cut.size() - lines_max, " more");
  return absl::StrCat(out,
                      "\n  whatever else it signed and turns up later is held in quarantine; none "
                      "of it is counted");
}

}  // namespace entente::client
