#include "client/tips.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/clock.h"

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

std::string TipsInWords(const Feeds& feeds, const std::vector<ledger::Tip>& tips) {
  size_t known = 0, counting = 0;
  for (const auto& [feed, entries] : feeds) {
    known += entries.size();
    std::map<base::EntryId, base::EntryId> previous;
    for (const FeedEntry& entry : entries) previous[entry.id] = entry.previous;
    std::set<base::EntryId> counted;
    for (const ledger::Tip& tip : tips) {
      if (tip.feed != feed.Name()) continue;
      for (base::EntryId at = tip.entry; previous.contains(at) && counted.insert(at).second;)
        at = previous[at];
    }
    counting += counted.size();
  }
  std::string out =
      absl::StrCat(counting, counting == 1 ? " entry of it counts" : " entries of it count");
  size_t cut = known - counting;
  if (cut > 0) absl::StrAppend(&out, "; ", cut, " known here will be held in quarantine");
  return absl::StrCat(
      out, "; whatever else it signed and turns up later is held in quarantine, none is counted");
}

}  // namespace entente::client
