#include "node/sync/frontier/plan.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <tuple>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/ledger/limits.h"
#include "node/sync/frontier/names.h"

namespace entente::sync {

namespace {

constexpr size_t kHaveIdBytes = 8;
constexpr int kHaveMax = 160;             // entries of one Want a callee looks at
constexpr size_t kIdsPerSequenceMax = 4;  // of a feed forked many times

bool HasPrefix(const EntryId& id, absl::string_view prefix) {
  return prefix.size() <= id.bytes.size() &&
         std::memcmp(id.bytes.data(), prefix.data(), prefix.size()) == 0;
}

void AddHave(const EntryRef& entry, v1::Want& want) {
  v1::Have* have = want.add_have();
  have->set_sequence(entry.sequence);
  have->set_id(entry.id.str().substr(0, kHaveIdBytes));
}

uint64_t HighestOf(const Tips* tips) { return tips == nullptr ? 0 : tips->back().sequence; }

// Our entry that this tip is, if it is held.
absl::StatusOr<std::optional<EntryRef>> HeldAs(const Tips* own, const PeerTip& tip,
                                               const IdsAtFn& ids_at) {
  if (own == nullptr) return std::nullopt;
  for (const EntryRef& entry : *own) {
    if (tip.Is(entry)) return entry;
  }
  if (tip.sequence > HighestOf(own)) return std::nullopt;
  ASSIGN_OR_RETURN(std::vector<EntryId> ids, ids_at(tip.feed, tip.sequence));
  for (const EntryId& id : ids) {
    if (tip.IsId(id)) return EntryRef{tip.sequence, id};
  }
  return std::nullopt;
}

v1::Want WantOf(const PeerTip& tip, const Tips* own) {
  v1::Want want;
  want.set_key(tip.feed.key.str());
  want.set_incarnation(tip.feed.incarnation);
  want.set_tip_sequence(tip.sequence);
  want.set_tip_id(base::Str(tip.id_prefix()));
  if (own != nullptr) {
    for (auto entry = own->rbegin(); entry != own->rend(); ++entry) AddHave(*entry, want);
  }
  return want;
}

// One feed: the peer's tips against ours.
absl::Status PlanFeed(const FeedRef& feed, const Tips* own, absl::Span<const PeerTip> theirs,
                      const IdsAtFn& ids_at, Plan& plan) {
  std::vector<EntryRef> held;
  bool settled = true;
  for (const PeerTip& tip : theirs) {
    if (tip.sequence == 0) continue;  // told that nothing of the feed is held there
    ASSIGN_OR_RETURN(std::optional<EntryRef> as, HeldAs(own, tip, ids_at));
    if (as) {
      held.push_back(*as);
      continue;
    }
    settled = false;
    v1::Want want = WantOf(tip, own);
    // Another entry at a sequence we have: the branches part below it.
    if (own != nullptr && tip.sequence <= HighestOf(own)) {
      RETURN_IF_ERROR(AddLocator(own, feed, ids_at, want));
    }
    plan.wants.push_back(std::move(want));
    plan.wants_feeds.push_back(feed);
  }
  if (!settled) {
    plan.unsettled.insert(plan.unsettled.end(), theirs.begin(), theirs.end());
    return absl::OkStatus();
  }
  if (own == nullptr) return absl::OkStatus();
  for (const EntryRef& tip : *own) {
    if (std::find(held.begin(), held.end(), tip) == held.end()) {
      plan.lacks.push_back({feed, tip, held});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Plan> MakePlan(const Frontier& own, std::vector<PeerTip> theirs, bool only_theirs,
                              const IdsAtFn& ids_at) {
  std::sort(theirs.begin(), theirs.end(), [](const PeerTip& a, const PeerTip& b) {
    return std::tie(a.feed, a.sequence, a.id) < std::tie(b.feed, b.sequence, b.id);
  });
  Plan plan;
  auto mine = own.feeds().begin();
  auto lack_until = [&](auto end) {
    for (; mine != end; ++mine) {
      if (only_theirs) continue;
      for (const EntryRef& tip : mine->second) plan.lacks.push_back({mine->first, tip, {}});
    }
  };
  for (size_t at = 0; at < theirs.size();) {
    size_t end = at;
    while (end < theirs.size() && theirs[end].feed == theirs[at].feed) ++end;
    const FeedRef& feed = theirs[at].feed;
    lack_until(own.feeds().lower_bound(feed));
    const Tips* tips = nullptr;
    if (mine != own.feeds().end() && mine->first == feed) {
      tips = &mine->second;
      ++mine;
    }
    RETURN_IF_ERROR(PlanFeed(feed, tips, absl::MakeConstSpan(&theirs[at], end - at), ids_at, plan));
    at = end;
  }
  lack_until(own.feeds().end());
  return plan;
}

absl::Status AddLocator(const Tips* own, const FeedRef& feed, const IdsAtFn& ids_at,
                        v1::Want& want) {
  want.set_locator(true);
  uint64_t from = std::min(want.tip_sequence(), HighestOf(own));
  for (uint64_t step = 1, sequence = from; sequence >= 1; step *= 2) {
    ASSIGN_OR_RETURN(std::vector<EntryId> ids, ids_at(feed, sequence));
    if (ids.size() > kIdsPerSequenceMax) ids.resize(kIdsPerSequenceMax);
    for (const EntryId& id : ids) AddHave({sequence, id}, want);
    if (sequence == 1) break;
    sequence = sequence > step ? sequence - step : 1;
  }
  return absl::OkStatus();
}

absl::StatusOr<ResolvedWant> ResolveWant(const v1::Want& want, const IdsAtFn& ids_at) {
  auto key = PublicKey::FromBytes(want.key());
  bool ok = key && want.incarnation() >= 1 && want.incarnation() <= ledger::kIncarnationMax &&
            want.tip_id().size() >= kShortIdBytes && want.tip_id().size() <= 32;
  if (!ok) return MalformedMessage("a Want without a feed or tip");
  FeedRef feed{*key, want.incarnation()};
  ResolvedWant resolved;
  ASSIGN_OR_RETURN(std::vector<EntryId> tips, ids_at(feed, want.tip_sequence()));
  std::vector<EntryRef> have;
  for (int i = 0; i < std::min(want.have_size(), kHaveMax); ++i) {
    const v1::Have& told = want.have(i);
    if (told.id().size() < kHaveIdBytes) return MalformedMessage("a Have with a short id");
    ASSIGN_OR_RETURN(std::vector<EntryId> ids, ids_at(feed, told.sequence()));
    std::vector<EntryId> meant;
    for (const EntryId& id : ids) {
      if (HasPrefix(id, told.id())) meant.push_back(id);
    }
    // Two entries with one prefix: taking neither costs bytes, taking the wrong one would lose
    // entries.
    if (meant.size() == 1) have.push_back({told.sequence(), meant[0]});
  }
  for (const EntryId& id : tips) {
    if (HasPrefix(id, want.tip_id()))
      resolved.paths.push_back({feed, {want.tip_sequence(), id}, have});
  }
  resolved.unlinked =
      !resolved.paths.empty() && have.empty() && want.have_size() > 0 && !want.locator();
  if (resolved.unlinked) resolved.paths.clear();
  return resolved;
}

}  // namespace entente::sync
