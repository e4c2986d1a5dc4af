// AuditCheck's second half: what the entries of each feed come to.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/audit/audit_check.h"
#include "client/audit/place_text.h"
#include "client/audit/round_list.h"

namespace entente::client {

namespace {

template <class Entries>
void SortByPlace(Entries& entries) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.judged.sequence, a.judged.id) < std::tie(b.judged.sequence, b.judged.id);
  });
}

// Of entries that lead back to number 1: those that none of them names as the one before it.
template <class Line>
std::vector<LineEnd> TipsOf(const Line& line) {
  std::set<LineEnd> tips;
  for (const auto& seen : line) {
    if (seen.judged.sequence > 1) {
      tips.erase({seen.judged.sequence - 1, seen.judged.previous});
    }
    tips.insert({seen.judged.sequence, seen.judged.id});
  }
  return {tips.begin(), tips.end()};
}

}  // namespace

// Entries that lead back to number 1 and are authentic: by their own signature, or by one that
// follows them.
std::vector<AuditCheck::Seen> AuditCheck::Walk(const ledger::FeedKey& feed,
                                               std::vector<Seen>& entries, AuditedFeed& out) {
  SortByPlace(entries);
  const auto twice = std::unique(entries.begin(), entries.end(), [](const Seen& a, const Seen& b) {
    return a.judged.id == b.judged.id;
  });
  if (twice != entries.end()) {
    Find("DUPLICATE", FeedText(feed), "an entry stands in the log more than once");
    entries.erase(twice, entries.end());
  }
  std::set<base::EntryId> authentic;
  for (auto at = entries.rbegin(); at != entries.rend(); ++at) {
    if (at->signature_ok || authentic.contains(at->judged.id)) {
      authentic.insert(at->judged.id);
      if (at->judged.sequence > 1) authentic.insert(at->judged.previous);
    }
  }
  std::map<base::EntryId, uint64_t> rooted;
  std::vector<Seen> line;
  uint64_t gap_told = 0;
  for (const Seen& seen : entries) {
    auto before = rooted.find(seen.judged.previous);
    bool linked = seen.judged.sequence == 1 ||
                  (before != rooted.end() && before->second + 1 == seen.judged.sequence);
    const bool is_authentic = authentic.contains(seen.judged.id);
    if (linked && is_authentic) {
      rooted[seen.judged.id] = seen.judged.sequence;
      line.push_back(seen);
      continue;
    }
    if (!linked && gap_told == 0) gap_told = seen.judged.sequence;
    if (list_ == nullptr) continue;
    list_->Judged(seen.judged.id,
                  {ledger::Status::kPending, is_authentic ? ledger::StatusReason::kPrevious
                                                          : ledger::StatusReason::kSignature});
  }
  if (gap_told > 0) {
    report_.gaps += 1;
    Find("GAP", PlaceText(feed, gap_told),
         "the entry before it is missing, or is not the one it names");
  }
  out.by_status[static_cast<size_t>(ledger::Status::kPending)] += entries.size() - line.size();
  return line;
}

void AuditCheck::Judge(const ledger::FeedKey& feed, const std::vector<Seen>& line,
                       AuditedFeed& out) {
  std::vector<ledger::JudgedEntry> judged;
  for (const Seen& seen : line) judged.push_back(seen.judged);
  const std::vector<ledger::Verdict> verdicts = ledger::JudgeFeed(feed, judged, authority_);
  for (size_t i = 0; i < verdicts.size(); ++i) {
    out.by_status[static_cast<size_t>(verdicts[i].status)] += 1;
    if (list_ != nullptr) list_->Judged(judged[i].id, verdicts[i]);
  }
  const bool disputed = out.Count(ledger::Status::kDisputed) > 0;
  if (const uint64_t quarantined = out.Count(ledger::Status::kQuarantined)) {
    out.remarks.push_back(absl::StrCat(FeedText(feed), ": ", quarantined,
                                       " entries are held in quarantine, none is counted"));
  }
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i].judged.sequence != line[i - 1].judged.sequence) continue;
    out.forks += 1;
    std::string text = absl::StrCat("two entries, ", line[i - 1].judged.id.Short(), " and ",
                                    line[i].judged.id.Short(), ", carry this number");
    if (disputed) {
      Find("FORK", PlaceText(feed, line[i].judged.sequence),
           text + "; the delegation settles it with resolve-fork");
    } else {
      out.remarks.push_back(
          absl::StrCat(PlaceText(feed, line[i].judged.sequence), ": ", text, "; settled"));
    }
  }
}

void AuditCheck::CheckClock(const ledger::FeedKey& feed, const Seen& seen, uint64_t before) {
  if (before < seen.hlc) return;
  Find("HLC-ORDER", PlaceText(feed, seen.judged.sequence), "its claimed time does not increase");
}

bool AuditCheck::Holds(const std::vector<Seen>& entries, const ledger::Tip& tip) {
  return std::any_of(entries.begin(), entries.end(), [&](const Seen& s) {
    return s.judged.id == tip.entry && s.judged.sequence == tip.sequence;
  });
}

// A cut may name an entry that did not arrive yet: lawful, and what waits for it is pending. A feed
// that is not known here may be one of another instrument.
void AuditCheck::RemarkCuts(const std::vector<Seen>& entries, const FeedFacts& facts,
                            const base::FeedName& name, AuditedFeed& out) {
  for (const auto& [by, tip] : facts.TipsOf(name)) {
    if (Holds(entries, tip)) continue;
    out.remarks.push_back(absl::StrCat("note ", by.Short(), " cuts ", "feed ", name.Short(),
                                       " at number ", tip.sequence, ", entry ", tip.entry.Short(),
                                       ", which is not in the log"));
  }
}

AuditedFeed AuditCheck::FinishFeed(const ledger::FeedKey& feed, std::vector<Seen>& entries,
                                   const FeedFacts& facts) {
  AuditedFeed out;
  out.key = feed.key;
  out.incarnation = feed.incarnation;
  const std::vector<Seen> line = Walk(feed, entries, out);
  std::map<base::EntryId, uint64_t> hlc;
  std::set<std::optional<base::DelegationId>> delegations;
  for (const Seen& seen : line) {
    const auto before = hlc.find(seen.judged.previous);
    if (seen.judged.sequence > 1 && before != hlc.end()) CheckClock(feed, seen, before->second);
    hlc[seen.judged.id] = out.last_hlc = seen.hlc;
    const ledger::Note* note = authority_.Find(seen.judged.credentials_head);
    delegations.insert(note ? std::optional(note->chain_id()) : std::nullopt);
  }
  out.tips = TipsOf(line);
  if (delegations.size() == 1) out.delegation = *delegations.begin();
  if (feed.incarnation > 1) {
    out.remarks.push_back(absl::StrCat(FeedText(feed), ": incarnation ", feed.incarnation,
                                       " was opened; ask the author whether a copy was restored"));
  }
  Judge(feed, line, out);
  RemarkCuts(entries, facts, feed.Name(), out);
  return out;
}

bool AuditCheck::Beyond(const ledger::FeedKey& feed, uint64_t sequence) const {
  if (plan_ == nullptr) return false;
  const auto found = plan_->feeds.find(feed);
  return found == plan_->feeds.end() || sequence > found->second.tips.back().sequence;
}

bool AuditCheck::ReadBefore(const ledger::FeedKey& feed, uint64_t sequence) const {
  if (plan_ == nullptr) return false;
  const auto found = plan_->feeds.find(feed);
  return found != plan_->feeds.end() && found->second.before != nullptr &&
         sequence <= found->second.before->tips.back().sequence;
}

void AuditCheck::Restart(const ledger::FeedKey& feed) {
  if (report_.restart.empty()) {
    report_.restart =
        absl::StrCat(FeedText(feed), "'s new entries do not go on from where it ended");
  }
}

// One line goes on: what was admitted stays so, and each new entry is judged by itself.
void AuditCheck::FinishGrown(const ledger::FeedKey& feed, const PlannedFeed& plan,
                             std::vector<Seen>& entries, AuditedFeed& out) {
  SortByPlace(entries);
  LineEnd end = out.tips.back();
  ledger::Verdict before;
  bool rooted = true;
  for (const Seen& seen : entries) {
    const ledger::JudgedEntry& e = seen.judged;
    if (e.sequence != end.sequence + 1 || e.previous != end.id || !seen.signature_ok) {
      return Restart(feed);
    }
    CheckClock(feed, seen, out.last_hlc);
    ledger::Verdict verdict = ledger::JudgePlainAppend(feed, *out.delegation, e, authority_);
    const bool heads_stop = verdict.reason == ledger::StatusReason::kHead ||
                            verdict.reason == ledger::StatusReason::kNewerVersion;
    // What follows an entry that is not rooted has its status (R3).
    if (!heads_stop && !rooted) verdict = before;
    rooted = rooted && !heads_stop && verdict.reason != ledger::StatusReason::kDelegation;
    before = verdict;
    const ledger::Note* note = authority_.Find(e.credentials_head);
    if (note == nullptr || note->chain_id() != *plan.before->delegation) out.delegation.reset();
    out.by_status[static_cast<size_t>(verdict.status)] += 1;
    out.last_hlc = seen.hlc;
    end = {e.sequence, e.id};
    if (!out.delegation) break;
  }
  out.tips = {end};
  if (out.tips != plan.tips || out.entries() != plan.entries || !out.delegation) Restart(feed);
}

// A feed that was read whole: is it what the node said, and what was there with more after it?
void AuditCheck::CompareWithPlan(const ledger::FeedKey& feed, const PlannedFeed& plan,
                                 const std::vector<Seen>& entries, const AuditedFeed& out) {
  if (out.tips != plan.tips || out.entries() != plan.entries) return Restart(feed);
  if (plan.before == nullptr) return;
  const LineEnd& end = plan.before->tips.back();
  if (!Holds(entries, {feed.Name(), end.sequence, end.id})) Restart(feed);
}

void AuditCheck::FinishPlanned(const FeedFacts& facts) {
  for (const auto& [feed, plan] : plan_->feeds) {
    std::vector<Seen>& entries = feeds_[feed];
    AuditedFeed out;
    if (plan.how == PlannedFeed::How::kWhole) {
      out = FinishFeed(feed, entries, facts);
      CompareWithPlan(feed, plan, entries, out);
    } else {
      out = *plan.before;
      if (plan.how == PlannedFeed::How::kGrown) FinishGrown(feed, plan, entries, out);
    }
    Take(std::move(out), facts);
  }
  const uint64_t not_read = plan_->NotRead();
  report_.entries += not_read;
  report_.entries_known += not_read;
  report_.signatures_known += not_read;
}

}  // namespace entente::client
