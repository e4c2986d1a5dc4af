#include "client/audit/audit_plan.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

namespace entente::client {

namespace {

std::optional<PlannedFeed> ParseHead(const v1::FeedHead& head) {
  PlannedFeed out;
  out.entries = head.entries();
  for (const v1::HeadTip& tip : head.tips()) {
    const auto id = base::EntryId::FromBytes(tip.id());
    if (!id) return std::nullopt;
    out.tips.push_back({tip.sequence(), *id});
  }
  if (out.tips.empty() || !std::is_sorted(out.tips.begin(), out.tips.end())) return std::nullopt;
  return out;
}

// False: only reading everything shows what became of it.
bool Decide(const FeedFacts& facts, PlannedFeed& feed) {
  const AuditedFeed& before = *feed.before;
  const bool same = feed.tips == before.tips && feed.entries == before.entries();
  if (same && (facts.MayGrow(before) || facts.Of(before) == before.facts)) {
    feed.how = PlannedFeed::How::kCarried;
    return true;
  }
  if (feed.tips.size() != 1 || before.tips.size() != 1) return false;
  if (feed.tips[0].sequence < before.tips[0].sequence) return false;
  // A line that grew. Where an act touches it, it is read and judged from its beginning.
  if (!same && facts.MayGrow(before)) feed.how = PlannedFeed::How::kGrown;
  return true;
}

bool HoldsAll(const std::vector<base::NoteId>& notes, const base::InstrumentId& instrument,
              const ledger::Authority& authority) {
  const std::vector<base::NoteId> suspends = authority.SuspendIds(instrument);
  return std::all_of(notes.begin(), notes.end(), [&](const base::NoteId& id) {
    return authority.Holds(id) || std::find(suspends.begin(), suspends.end(), id) != suspends.end();
  });
}

}  // namespace

uint64_t AuditPlan::NotRead() const {
  uint64_t out = 0;
  for (const auto& [key, feed] : feeds) out += feed.NotRead();
  return out;
}

uint64_t AuditPlan::ToRead() const {
  uint64_t out = 0;
  for (const auto& [key, feed] : feeds) {
    out += feed.entries - std::min(feed.entries, feed.NotRead());
  }
  return out;
}

std::vector<base::NoteId> LastNotes(const base::InstrumentId& instrument,
                                    const ledger::Authority& authority) {
  std::vector<base::NoteId> out = authority.Leaves(instrument);
  const std::vector<base::NoteId> suspends = authority.SuspendIds(instrument);
  out.insert(out.end(), suspends.begin(), suspends.end());
  return out;
}

AuditPlan PlanAudit(const base::InstrumentId& instrument, const AuditedLog& before,
                    const std::vector<v1::FeedHead>& heads, const ledger::Authority& authority) {
  AuditPlan plan;
  if (!HoldsAll(before.notes, instrument, authority)) {
    plan.restart = "the node lacks an authority note that was there";
    return plan;
  }
  for (const v1::FeedHead& head : heads) {
    const auto key = base::PublicKey::FromBytes(head.key());
    std::optional<PlannedFeed> feed = ParseHead(head);
    if (!key || !feed) {
      plan.restart = "the node says of a feed what cannot be";
      return plan;
    }
    plan.feeds[{instrument, *key, head.incarnation()}] = *std::move(feed);
  }
  const FeedFacts facts(instrument, &authority);
  for (const AuditedFeed& one : before.feeds) {
    const auto found = plan.feeds.find({instrument, one.key, one.incarnation});
    if (found != plan.feeds.end()) found->second.before = &one;
    if (found == plan.feeds.end() || !Decide(facts, found->second)) {
      plan.restart = absl::StrCat("key ", one.key.Short(),
                                  "'s entries are not those that were there with more after them");
      return plan;
    }
  }
  return plan;
}

}  // namespace entente::client
