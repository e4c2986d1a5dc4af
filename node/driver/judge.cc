// Settling statuses: whole feeds are re-judged when an authority act or a fork concerns them, and
// the views follow.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/store/log_reader.h"

namespace entente::driver {

using ledger::Entry;
using ledger::JudgedEntry;
using ledger::Status;
using ledger::StatusReason;

namespace {

// A batch of re-judged feeds is written when it has grown to this size: bounded memory, resumable.
constexpr size_t kRejudgeBatchBytes = 4u << 20;
constexpr size_t kRejudgeSlots = 4096;
constexpr Verdict kPlainlyAdmitted{Status::kAdmitted, StatusReason::kNone};

bool Admitted(const Verdict& verdict) { return verdict.status == Status::kAdmitted; }

// A feed with such an entry cannot be appended to without judging the whole of it.
bool BreaksTheLine(const Verdict& verdict) {
  return (verdict.status == Status::kInvalid && verdict.reason != StatusReason::kRole) ||
         (verdict.status == Status::kPending && verdict.reason != StatusReason::kAdmission &&
          verdict.reason != StatusReason::kEnrolment);
}

// What the charter calls the delegations that write in one feed. Views are made with it.
using Codes = std::map<base::DelegationId, std::string>;

// The facts of a feed: those of its own delegation, then the code of every other delegation that
// has entries in it. Only a feed that is not plain has others.
std::string WithOthers(std::string facts, const base::DelegationId& own, const Codes& codes) {
  for (const auto& [delegation, code] : codes) {
    if (delegation != own) absl::StrAppend(&facts, "|", delegation.ToHex(), "=", code);
  }
  return facts;
}

Codes CodesIn(absl::string_view facts, const base::DelegationId& own) {
  constexpr size_t kOwnFields = 3;
  const std::vector<std::string> fields = absl::StrSplit(facts, '|');
  Codes codes{{own, fields[0]}};
  for (size_t i = kOwnFields; i < fields.size(); ++i) {
    const std::pair<std::string, std::string> other = absl::StrSplit(fields[i], '=');
    if (auto id = base::DelegationId::FromHex(other.first)) codes[*id] = other.second;
  }
  return codes;
}

}  // namespace

// One entry of a feed that is judged again.
struct Replica::Row {
  JudgedEntry entry;
  const Entry* added = nullptr;  // null: on disk already
  Verdict before = kPlainlyAdmitted;
  Verdict now;
};

// Under which names the contributions of a feed were made, and are made from now on.
struct Replica::Names {
  Codes before, now;
};

JudgedEntry Judged(const ledger::EntryHeader& header, const EntryId& id) {
  return {header.sequence,         id,         header.previous, header.charter_head,
          header.credentials_head, header.kind};
}

base::DelegationId Replica::DelegationOf(const Entry& entry) const {
  const ledger::Note* note = authority_.Find(entry.header.credentials_head);
  ENTENTE_CHECK(note != nullptr);
  return note->chain_id();
}

std::string Replica::CodeOf(const InstrumentId& instrument,
                            const base::DelegationId& delegation) const {
  const ledger::CharterView* charter = authority_.Charter(instrument);
  if (!charter) return "";
  auto it = charter->codes.find(delegation);
  return it == charter->codes.end() ? "" : it->second;
}

void Replica::Count(v1::FeedState& state, const Verdict& verdict, int64_t by) const {
  auto add = [by](uint64_t n) { return static_cast<uint64_t>(static_cast<int64_t>(n) + by); };
  switch (verdict.status) {
    case Status::kAdmitted:
      break;
    case Status::kPending:
      state.set_pending(add(state.pending()));
      break;
    case Status::kQuarantined:
      state.set_quarantined(add(state.quarantined()));
      break;
    case Status::kDisplaced:
    case Status::kDisputed:
      state.set_disputed(add(state.disputed()));
      break;
    case Status::kInvalid:
      state.set_invalid(add(state.invalid()));
      break;
  }
}

// Everything of the authority that decides the verdicts of a plain feed, in one string.
std::string Replica::PlainFacts(const FeedKey& feed, const base::DelegationId& delegation) const {
  const ledger::CharterView* charter = authority_.Charter(feed.instrument);
  const ledger::CredentialsView* credentials = authority_.Credentials(feed.instrument, delegation);
  if (!charter || !credentials) return "none";
  std::string roles, key_roles = "-";
  if (auto it = charter->roles.find(delegation); it != charter->roles.end()) {
    for (const auto& [role, state] : it->second)
      absl::StrAppend(&roles, ledger::RoleWord(role), ",");
  }
  if (auto it = credentials->keys.find(feed.key); it != credentials->keys.end()) {
    key_roles = absl::StrJoin(it->second.roles, ",");
  }
  return absl::StrCat(CodeOf(feed.instrument, delegation), "|", roles, "|", key_roles);
}

bool Replica::NeedsRejudging(const FeedKey& feed, const v1::FeedState& state) const {
  if (!state.plain()) return true;
  const base::DelegationId delegation = *base::DelegationId::FromBytes(state.delegation());
  return !ledger::IsPlainFeed(feed, delegation, authority_) ||
         PlainFacts(feed, delegation) != state.facts();
}

absl::StatusOr<std::vector<JudgedEntry>> Replica::JudgedRows(const FeedKey& feed) const {
  std::vector<JudgedEntry> rows;
  const v1::FeedState* state = Feed(feed);
  if (!state) return rows;
  auto snapshot = kv_->NewSnapshot();
  absl::Status damaged;
  RETURN_IF_ERROR(store::LogReader(snapshot.get())
                      .ForEachRow(state->number(), 1,
                                  [&](const store::EntryPlace& place, absl::string_view row) {
                                    auto header = store::DecodeEntryHeader(row);
                                    damaged = header.status();
                                    if (header.ok()) rows.push_back(Judged(*header, place.id));
                                    return damaged.ok();
                                  }));
  RETURN_IF_ERROR(damaged);
  return rows;
}

absl::Status Replica::Rejudge(const FeedKey& feed, const std::vector<const Entry*>& added,
                              SlotOverlay& slots) {
  v1::FeedState& state = feeds_.at(feed);
  auto snapshot = kv_->NewSnapshot();
  const store::LogReader log(snapshot.get());
  ASSIGN_OR_RETURN(std::vector<JudgedEntry> on_disk, JudgedRows(feed));
  std::vector<Row> rows;
  rows.reserve(on_disk.size() + added.size());
  for (const JudgedEntry& entry : on_disk) rows.push_back({entry});
  auto it = snapshot->Scan(store::kStatus, store::EntryPrefix(state.number()));
  size_t at = 0;
  for (; it->Valid(); it->Next()) {
    const store::EntryPlace place = store::ParseEntryKey(it->key());
    while (at < rows.size() && rows[at].entry.id != place.id) ++at;
    if (at < rows.size()) rows[at].before = store::DecodeVerdict(it->value());
  }
  RETURN_IF_ERROR(it->status());
  for (const Entry* entry : added) rows.push_back({Judged(entry->header, entry->id), entry});
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.entry.sequence, a.entry.id) < std::tie(b.entry.sequence, b.entry.id);
  });

  std::vector<JudgedEntry> judged;
  judged.reserve(rows.size());
  for (const Row& row : rows) judged.push_back(row.entry);
  const std::vector<Verdict> verdicts = ledger::JudgeFeed(feed, judged, authority_);
  ENTENTE_CHECK(verdicts.size() == rows.size());
  for (size_t i = 0; i < rows.size(); ++i) rows[i].now = verdicts[i];

  const base::DelegationId delegation = *base::DelegationId::FromBytes(state.delegation());
  state.set_pending(0);
  state.set_quarantined(0);
  state.set_disputed(0);
  state.set_invalid(0);
  bool line = state.tips_size() == 1;
  Names names{CodesIn(state.facts(), delegation), {}};
  const NoteId* head = nullptr;
  for (const Row& row : rows) {
    Count(state, row.now, +1);
    line = line && !BreaksTheLine(row.now);
    if (head != nullptr && *head == row.entry.credentials_head) continue;
    head = &row.entry.credentials_head;
    const base::DelegationId writer = authority_.Find(*head)->chain_id();
    names.now.try_emplace(writer, CodeOf(feed.instrument, writer));
  }
  for (const Row& row : rows) RETURN_IF_ERROR(Settle(state, log, row, names, slots));
  state.set_plain(line && ledger::IsPlainFeed(feed, delegation, authority_));
  state.set_facts(WithOthers(PlainFacts(feed, delegation), delegation, names.now));
  dirty_feeds_.insert(feed);
  changed_.insert(feed.instrument);
  return absl::OkStatus();
}

absl::Status Replica::Settle(const v1::FeedState& state, const store::LogReader& log,
                             const Row& row, const Names& names, SlotOverlay& slots) {
  const bool was = !row.added && Admitted(row.before), is = Admitted(row.now);
  const base::DelegationId writer = authority_.Find(row.entry.credentials_head)->chain_id();
  const std::string& code = names.now.at(writer);
  auto old_code = names.before.find(writer);
  const bool renamed = was && is && old_code != names.before.end() && old_code->second != code;
  if (!row.added && row.before == row.now && !renamed) return absl::OkStatus();
  const std::string key = store::EntryKey(state.number(), row.entry.sequence, row.entry.id);
  if (row.now == kPlainlyAdmitted) {
    if (!row.added && row.before != kPlainlyAdmitted) batch_.Delete(store::kStatus, key);
  } else if (row.added || row.before != row.now) {
    batch_.Put(store::kStatus, key, store::EncodeVerdict(row.now));
  }
  if (was == is && !renamed) return absl::OkStatus();
  ledger::Entry held;
  if (!row.added) {
    ASSIGN_OR_RETURN(held, log.Get({state.number(), row.entry.sequence, row.entry.id}));
  }
  const Entry& entry = row.added ? *row.added : held;
  // What was contributed under another name goes under that name.
  if (was) {
    RETURN_IF_ERROR(
        ChangeViews(entry, old_code == names.before.end() ? code : old_code->second, false, slots));
  }
  return is ? ChangeViews(entry, code, true, slots) : absl::OkStatus();
}

std::set<FeedKey> Replica::FeedsTouchedBy(const std::set<NoteId>& chains,
                                          const std::set<base::PublicKey>& keys) const {
  std::set<FeedKey> out;
  for (const auto& [feed, state] : feeds_) {
    const base::DelegationId delegation = *base::DelegationId::FromBytes(state.delegation());
    const bool touched = chains.contains(feed.instrument) || chains.contains(delegation) ||
                         keys.contains(feed.key) || (!state.plain() && !chains.empty());
    if (touched && NeedsRejudging(feed, state)) out.insert(feed);
  }
  return out;
}

absl::Status Replica::RejudgeAll(const std::set<FeedKey>& feeds) {
  if (feeds.empty()) return absl::OkStatus();
  // The marks go to disk with the act itself: a crash from here on is resumed by Open.
  for (const FeedKey& feed : feeds) batch_.Put(store::kRejudge, feed.Encode(), "");
  RETURN_IF_ERROR(Flush());
  SlotOverlay slots;
  size_t in_batch = 0;
  for (const FeedKey& feed : feeds) {
    if (feeds_.contains(feed)) RETURN_IF_ERROR(Rejudge(feed, {}, slots));
    batch_.Delete(store::kRejudge, feed.Encode());
    const bool room = ++in_batch < options_.rejudge_feeds_max &&
                      batch_.bytes() < kRejudgeBatchBytes && slots.size() < kRejudgeSlots;
    if (room) continue;
    in_batch = 0;
    StageSlots(slots);
    RETURN_IF_ERROR(Flush());
  }
  StageSlots(slots);
  return Flush();
}

absl::Status Replica::FinishRejudging() {
  std::set<FeedKey> feeds;
  {
    auto snapshot = kv_->NewSnapshot();
    auto it = snapshot->Scan(store::kRejudge, "");
    for (; it->Valid(); it->Next()) {
      if (auto feed = FeedKey::Decode(it->key())) feeds.insert(*feed);
    }
    RETURN_IF_ERROR(it->status());
  }
  return RejudgeAll(feeds);
}

}  // namespace entente::driver
