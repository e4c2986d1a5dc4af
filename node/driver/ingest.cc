// How entries enter the log. The plain path appends to a feed that is one line and untouched by any
// closing act: no reads, one verdict per entry. Everything else takes the general path: aside,
// links, forks, re-judging.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"

namespace entente::driver {

using ledger::Entry;
using Item = VerifiedEntries::Item;

namespace {

constexpr size_t kRefusalsMax = 8;

void Refuse(IngestReport& report, std::string why) {
  ++report.entries_refused;
  if (report.refusals.size() < kRefusalsMax) report.refusals.push_back(std::move(why));
}

bool ById(const Item& a, const Item& b) {
  return std::tie(a.entry.header.sequence, a.entry.id) <
         std::tie(b.entry.header.sequence, b.entry.id);
}

std::set<EntryId> TipsOf(const v1::FeedState* state) {
  std::set<EntryId> tips;
  if (state == nullptr) return tips;
  for (const v1::FeedTip& tip : state->tips()) tips.insert(*EntryId::FromBytes(tip.id()));
  return tips;
}

std::vector<Item> Moved(absl::Span<Item> items) {
  return {std::make_move_iterator(items.begin()), std::make_move_iterator(items.end())};
}

// JudgePlainAppend says the same of both, on one feed: all it reads of an entry.
bool JudgedAlike(const Entry& a, const Entry& b) {
  return a.header.charter_head == b.header.charter_head &&
         a.header.credentials_head == b.header.credentials_head && a.header.kind == b.header.kind;
}

}  // namespace

absl::StatusOr<IngestReport> Replica::Ingest(VerifiedEntries entries, absl::string_view via) {
  IngestReport report;
  std::vector<Item>& items = entries.items_;
  for (size_t begin = 0; begin < items.size();) {
    const FeedKey feed = items[begin].entry.feed();
    size_t end = begin + 1;
    while (end < items.size() && items[end].entry.feed() == feed) ++end;
    if (!instruments_.contains(feed.instrument)) {
      Refuse(report, "an entry of an instrument this node has not joined");
    } else {
      const auto group = absl::MakeSpan(items).subspan(begin, end - begin);
      RETURN_IF_ERROR(IngestFeed(feed, group, via, report));
    }
    begin = end;
  }
  return report;
}

absl::Status Replica::IngestFeed(const FeedKey& feed, absl::Span<Item> items, absl::string_view via,
                                 IngestReport& report) {
  if (aside_.contains(feed)) return IngestGeneral(feed, Moved(items), via, report);
  size_t held = 0;
  while (held < items.size()) {
    ASSIGN_OR_RETURN(bool here, HeldInLog(feed, items[held].entry));
    if (!here) break;
    ++held;
  }
  report.entries_held += held;
  items.remove_prefix(held);
  if (items.empty()) return absl::OkStatus();
  const size_t plain = CountPlain(feed, items);
  if (plain != items.size()) return IngestGeneral(feed, Moved(items), via, report);
  report.entries_new += items.size();
  return AcceptPlain(feed, items, via);
}

bool Replica::HeadsHeld(const Entry& entry) const {
  return authority_.Holds(entry.header.charter_head) &&
         authority_.Holds(entry.header.credentials_head);
}

// How many leading items continue the feed's one line, on a feed (existing or new) that is plain.
size_t Replica::CountPlain(const FeedKey& feed, absl::Span<const Item> items) const {
  auto it = feeds_.find(feed);
  uint64_t sequence = 0;
  EntryId previous;
  base::DelegationId delegation;
  if (it == feeds_.end()) {
    if (!HeadsHeld(items[0].entry)) return 0;
    delegation = DelegationOf(items[0].entry);
    if (!ledger::IsPlainFeed(feed, delegation, authority_)) return 0;
  } else {
    const v1::FeedState& state = it->second;
    if (!state.plain() || state.tips_size() != 1) return 0;
    sequence = state.tips(0).sequence();
    previous = *EntryId::FromBytes(state.tips(0).id());
    delegation = *base::DelegationId::FromBytes(state.delegation());
  }
  if (!authority_.AnyoneEnrols(feed.key)) return 0;
  size_t count = 0;
  const Entry* before = nullptr;
  for (const Item& item : items) {
    const ledger::EntryHeader& header = item.entry.header;
    if (!item.authentic || header.sequence != sequence + 1 || header.previous != previous) break;
    const bool same_heads = before && before->header.charter_head == header.charter_head &&
                            before->header.credentials_head == header.credentials_head;
    if (!same_heads && !HeadsPlain(item.entry, delegation)) break;
    sequence = header.sequence;
    previous = item.entry.id;
    before = &item.entry;
    ++count;
  }
  return count;
}

// Both heads held, of the right kinds, with no act word of a newer version up to them, and the
// credentials those of the feed's delegation: such an entry is rooted.
bool Replica::HeadsPlain(const Entry& entry, const base::DelegationId& delegation) const {
  const ledger::Note* charter = authority_.Find(entry.header.charter_head);
  const ledger::Note* credentials = authority_.Find(entry.header.credentials_head);
  return charter && credentials && charter->kind == ledger::ChainKind::kCharter &&
         charter->chain_id() == entry.header.instrument &&
         credentials->kind == ledger::ChainKind::kCredentials &&
         credentials->chain_id() == delegation && authority_.Readable(entry.header.charter_head) &&
         authority_.Readable(entry.header.credentials_head);
}

absl::Status Replica::AcceptPlain(const FeedKey& feed, absl::Span<Item> items,
                                  absl::string_view via) {
  v1::FeedState& state = FeedFor(feed, items[0].entry);
  const uint64_t before = state.newest_arrival();
  const base::DelegationId delegation = *base::DelegationId::FromBytes(state.delegation());
  const std::string code = CodeOf(feed.instrument, delegation);
  Verdict verdict;
  const Entry* judged = nullptr;  // the last one; the next hardly ever differs in what counts
  for (Item& item : items) {
    const Entry& entry = item.entry;
    StageEntry(state.number(), entry, via);
    if (!judged || !JudgedAlike(*judged, entry)) {
      verdict =
          ledger::JudgePlainAppend(feed, delegation, Judged(entry.header, entry.id), authority_);
    }
    judged = &entry;
    Count(state, verdict, +1);
    if (verdict == Verdict{ledger::Status::kAdmitted, ledger::StatusReason::kNone}) {
      Contribute(item, code);
    } else {
      batch_.Put(store::kStatus, store::EntryKey(state.number(), entry.header.sequence, entry.id),
                 store::EncodeVerdict(verdict));
    }
    state.set_last_hlc(std::max<uint64_t>(state.last_hlc(), entry.header.hlc));
  }
  // the line has one tip, and now a newer one.
  v1::FeedTip& tip = state.tips().empty() ? *state.add_tips() : *state.mutable_tips(0);
  tip.set_sequence(judged->header.sequence);
  tip.set_id(judged->id.str());
  state.set_entries(state.entries() + items.size());
  state.set_newest_arrival(next_arrival_ - 1);
  dirty_feeds_.insert(feed);
  changed_.insert(feed.instrument);
  StageFrontier(feed, state, before);
  return absl::OkStatus();
}

absl::Status Replica::IngestGeneral(const FeedKey& feed, std::vector<Item> items,
                                    absl::string_view via, IngestReport& report) {
  RETURN_IF_ERROR(Flush());
  std::map<EntryId, store::Via>
      via_of;  // of what was aside: it keeps counting for the peer it came from
  ASSIGN_OR_RETURN(std::vector<Item> waiting, TakeAside(feed, via_of));
  std::set<EntryId> given;
  for (const Item& item : items) given.insert(item.entry.id);
  for (Item& item : waiting) items.push_back(std::move(item));
  std::sort(items.begin(), items.end(), ById);
  std::map<EntryId, Item*> by_id;
  for (Item& item : items) {
    auto [it, fresh] = by_id.try_emplace(item.entry.id, &item);
    if (!fresh) it->second->authentic |= item.authentic;
  }
  // One good signature speaks for the linked run before it.
  for (auto it = items.rbegin(); it != items.rend(); ++it) {
    if (!by_id.at(it->entry.id)->authentic) continue;
    auto before = by_id.find(it->entry.header.previous);
    if (before == by_id.end()) continue;
    const Entry& previous = before->second->entry;
    if (previous.header.sequence + 1 == it->entry.header.sequence) before->second->authentic = true;
  }
  std::vector<const Entry*> accepted, still_missing;
  std::set<EntryId> linked, tips = TipsOf(Feed(feed));
  for (const Item& item : items) {
    const Entry& entry = item.entry;
    if (by_id.at(entry.id) != &item) continue;  // a repetition
    ASSIGN_OR_RETURN(bool held, HeldInLog(feed, entry));
    if (held) {
      if (!via_of.contains(entry.id)) ++report.entries_held;
      continue;
    }
    bool links = entry.header.sequence == 1 || linked.contains(entry.header.previous);
    if (!links) {
      ASSIGN_OR_RETURN(links, InLogAt(feed, entry.header.sequence - 1, entry.header.previous));
    }
    if (links && item.authentic && HeadsHeld(entry) && authority_.AnyoneEnrols(feed.key)) {
      if (tips.erase(entry.header.previous) == 0 && tips.size() >= kFeedTipsMax) {
        Refuse(report, absl::StrCat("LIMIT_EXCEEDED: the feed of key ", feed.key.Short(), " has ",
                                    tips.size(), " branches, and no more are kept"));
        continue;
      }
      tips.insert(entry.id);
      linked.insert(entry.id);
      accepted.push_back(&entry);
      const bool waited = via_of.contains(entry.id);
      (waited ? report.released : report.entries_new) += 1;
      report.entries_held += waited && given.contains(entry.id);
    } else {
      still_missing.push_back(&entry);
    }
  }
  // What waited keeps its room, and only then it is known how much there is for others.
  std::stable_partition(still_missing.begin(), still_missing.end(),
                        [&](const Entry* entry) { return via_of.contains(entry->id); });
  for (const Entry* entry : still_missing) {
    auto first = via_of.find(entry->id);
    report.entries_waiting += first != via_of.end() && given.contains(entry->id);
    SetAside(*entry, first == via_of.end() ? via : absl::string_view(first->second),
             first != via_of.end(), report);
  }
  if (accepted.empty()) return absl::OkStatus();
  return AcceptJudged(feed, accepted, via);
}

absl::Status Replica::AcceptJudged(const FeedKey& feed, const std::vector<const Entry*>& entries,
                                   absl::string_view via) {
  v1::FeedState& state = FeedFor(feed, *entries[0]);
  const uint64_t before = state.newest_arrival();
  for (const Entry* entry : entries) StoreEntry(feed, state, *entry, via);
  StageFrontier(feed, state, before);
  SlotOverlay slots;
  RETURN_IF_ERROR(Rejudge(feed, entries, slots));
  StageSlots(slots);
  // Later reads of this feed's rows in the same group must see them.
  return Flush();
}

v1::FeedState& Replica::FeedFor(const FeedKey& feed, const Entry& first) {
  auto it = feeds_.find(feed);
  if (it != feeds_.end()) return it->second;
  v1::FeedState state;
  state.set_number(next_feed_++);
  NameFeed(state.number(), feed.instrument);
  const base::DelegationId delegation = DelegationOf(first);
  state.set_delegation(delegation.str());
  state.set_plain(ledger::IsPlainFeed(feed, delegation, authority_));
  state.set_facts(PlainFacts(feed, delegation));
  return feeds_.emplace(feed, std::move(state)).first->second;
}

// The rows of the log itself.
void Replica::StageEntry(uint32_t feed, const Entry& entry, absl::string_view via) {
  const store::EntryPlace place{feed, entry.header.sequence, entry.id};
  store::PutEntry(batch_, store::EntryKey(place.feed, place.sequence, place.id), entry);
  batch_.Put(store::kById, entry.id.str(),
             store::ByIdValue(place.feed, place.sequence, next_arrival_));
  NoteArrival(place, entry.header.previous, via);
  ++next_arrival_;
}

void Replica::StoreEntry(const FeedKey& feed, v1::FeedState& state, const Entry& entry,
                         absl::string_view via) {
  const uint64_t sequence = entry.header.sequence;
  StageEntry(state.number(), entry, via);
  state.set_newest_arrival(next_arrival_ - 1);
  // the entry replaces the tip it names, or opens a branch.
  v1::FeedTip* slot = nullptr;
  for (v1::FeedTip& tip : *state.mutable_tips()) {
    if (tip.sequence() + 1 == sequence && tip.id() == entry.header.previous.view()) slot = &tip;
  }
  if (!slot) slot = state.add_tips();
  slot->set_sequence(sequence);
  slot->set_id(entry.id.str());
  if (state.tips_size() > 1) {
    std::sort(state.mutable_tips()->begin(), state.mutable_tips()->end(),
              [](const v1::FeedTip& a, const v1::FeedTip& b) {
                return std::forward_as_tuple(a.sequence(), a.id()) <
                       std::forward_as_tuple(b.sequence(), b.id());
              });
  }
  state.set_entries(state.entries() + 1);
  state.set_last_hlc(std::max<uint64_t>(state.last_hlc(), entry.header.hlc));
  dirty_feeds_.insert(feed);
  changed_.insert(feed.instrument);
}

void Replica::NoteArrival(const store::EntryPlace& place, const EntryId& previous,
                          absl::string_view via) {
  store::ArrivalRun& run = arrival_run_;
  const bool goes_on = run.count > 0 && run.count < store::kArrivalRunMax &&
                       run.place.feed == place.feed && run.place.sequence + 1 == place.sequence &&
                       run.place.id == previous && run.via == via;
  if (!goes_on) {
    StageArrivals();
    run.via = base::Str(via);
  }
  run.place = place;
  run.last = next_arrival_;
  ++run.count;
}

void Replica::StageArrivals() {
  if (arrival_run_.count == 0) return;
  batch_.Put(store::kArrivals, store::ArrivalKey(arrival_run_.last),
             store::ArrivalValue(arrival_run_));
  arrival_run_ = store::ArrivalRun();
}

absl::StatusOr<bool> Replica::HeldInLog(const FeedKey& feed, const Entry& entry) const {
  return InLogAt(feed, entry.header.sequence, entry.id);
}

absl::StatusOr<bool> Replica::InLogAt(const FeedKey& feed, uint64_t sequence,
                                      const EntryId& id) const {
  const v1::FeedState* state = Feed(feed);
  if (!state) return false;
  uint64_t highest = 0;
  for (const v1::FeedTip& tip : state->tips()) {
    if (tip.sequence() == sequence && tip.id() == id.view()) return true;
    highest = std::max<uint64_t>(highest, tip.sequence());
  }
  if (sequence > highest) return false;
  ASSIGN_OR_RETURN(auto row,
                   kv_->Get(store::kEntries, store::EntryKey(state->number(), sequence, id)));
  return row.has_value();
}

void Replica::SetAside(const Entry& entry, absl::string_view via, bool was_aside,
                       IngestReport& report) {
  const FeedKey feed = entry.feed();
  uint64_t& peer_rows = aside_by_peer_[base::Str(via)];
  if (!was_aside && (aside_count(feed.instrument) >= options_.aside_max ||
                     peer_rows >= options_.aside_peer_max)) {
    ++report.entries_left;
    Refuse(report,
           absl::StrCat("LIMIT_EXCEEDED: ", peer_rows,
                        " entries of this peer already wait for something ",
                        "that is missing (limits: ", options_.aside_max, " per instrument, ",
                        options_.aside_peer_max, " per peer); sync with a peer that has it"));
    return;
  }
  batch_.Put(store::kAside, store::AsideKey(feed, entry.header.sequence, entry.id),
             store::AsideValue(via, entry));
  ++aside_[feed];
  ++peer_rows;
  changed_.insert(feed.instrument);
  if (!was_aside) ++report.entries_aside;
}

absl::StatusOr<std::vector<Item>> Replica::TakeAside(const FeedKey& feed,
                                                     std::map<EntryId, store::Via>& via_of) {
  std::vector<Item> out;
  if (!aside_.contains(feed)) return out;
  auto snapshot = kv_->NewSnapshot();
  std::vector<Entry> entries;
  auto it = snapshot->Scan(store::kAside, feed.Encode());
  for (; it->Valid(); it->Next()) {
    const auto row = store::ParseAside(it->key(), it->value());
    if (!row) continue;
    ASSIGN_OR_RETURN(Entry entry, store::DecodeEntry(row->entry, row->id));
    entries.push_back(std::move(entry));
    via_of[row->id] = row->via;
    --aside_by_peer_[row->via];
    batch_.Delete(store::kAside, base::Str(it->key()));
  }
  RETURN_IF_ERROR(it->status());
  aside_.erase(feed);
  const VerifiedEntries verified = VerifyEntries(std::move(entries), *options_.verifier);
  return std::vector<Item>(verified.items());
}

absl::Status Replica::RetryAside() {
  std::vector<FeedKey> feeds;
  for (const auto& [feed, rows] : aside_) feeds.push_back(feed);
  IngestReport report;
  for (const FeedKey& feed : feeds) {
    RETURN_IF_ERROR(IngestGeneral(feed, {}, store::LocalVia(), report));
  }
  return absl::OkStatus();
}

}  // namespace entente::driver
