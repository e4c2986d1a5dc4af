#include "node/driver/restored.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"

namespace entente::driver {

namespace {

// Keys times incarnations of one delegation, generously.
constexpr int kMarksMax = 65'536;

std::optional<std::pair<FeedKey, ledger::Tip>> Parse(const v1::HeldHead& head) {
  auto instrument = InstrumentId::FromBytes(head.instrument());
  auto key = base::PublicKey::FromBytes(head.key());
  auto id = EntryId::FromBytes(head.id());
  if (!instrument || !key || !id || head.sequence() == 0 || head.incarnation() < 1 ||
      head.incarnation() > ledger::kIncarnationMax) {
    return std::nullopt;
  }
  const FeedKey feed{*instrument, *key, head.incarnation()};
  return std::make_pair(feed, ledger::Tip{feed.Name(), head.sequence(), *id});
}

uint64_t SequenceIn(const std::map<FeedKey, ledger::Tip>& heads, const FeedKey& feed) {
  auto it = heads.find(feed);
  return it == heads.end() ? 0 : it->second.sequence;
}

// The highest sequence held without a gap.
uint64_t Held(const Replica& replica, const FeedKey& feed) {
  const v1::FeedState* state = replica.Feed(feed);
  uint64_t highest = 0;
  if (!state) return highest;
  for (const v1::FeedTip& tip : state->tips()) highest = std::max(highest, tip.sequence());
  return highest;
}

}  // namespace

RestoreGuard::RestoreGuard(v1::RestoreRecord record) : record_(std::move(record)) {
  for (const v1::HeldHead& head : record_.own_feeds()) {
    if (auto parsed = Parse(head)) backup_.insert(*parsed);
  }
  for (const v1::HeldHead& head : record_.marks()) {
    if (auto parsed = Parse(head)) marks_.insert(*parsed);
  }
  for (const std::string& feed : record_.opened()) {
    if (auto parsed = FeedKey::Decode(feed)) open_.insert(*parsed);
  }
}

bool RestoreGuard::AddContact(const InstrumentId& instrument, const Spki& peer, uint64_t now_ms) {
  if (ContactIn(instrument)) return false;
  v1::RestoreContact* contact = record_.add_contacts();
  contact->set_instrument(instrument.str());
  contact->set_peer(peer.str());
  contact->set_first_ms(now_ms);
  return true;
}

bool RestoreGuard::AddMarks(absl::Span<const v1::HeldHead> marks) {
  bool changed = false;
  for (const v1::HeldHead& mark : marks) {
    auto parsed = Parse(mark);
    // A feed opened since grows with its mark; what counts is where keys were at the restore.
    if (!parsed || open_.contains(parsed->first) || record_.marks_size() >= kMarksMax) continue;
    if (SequenceIn(marks_, parsed->first) >= parsed->second.sequence) continue;
    marks_[parsed->first] = parsed->second;
    changed = true;
    *record_.add_marks() = mark;
  }
  if (!changed) return false;
  record_.clear_marks();
  for (const auto& [feed, tip] : marks_) {
    v1::HeldHead* mark = record_.add_marks();
    mark->set_instrument(feed.instrument.str());
    mark->set_key(feed.key.str());
    mark->set_incarnation(feed.incarnation);
    mark->set_sequence(tip.sequence);
    mark->set_id(tip.entry.str());
  }
  return true;
}

bool RestoreGuard::Open(const FeedKey& feed) {
  if (!open_.insert(feed).second) return false;
  record_.add_opened(feed.Encode());
  return true;
}

bool RestoreGuard::ContactIn(const InstrumentId& instrument) const {
  return std::any_of(
      record_.contacts().begin(), record_.contacts().end(),
      [&](const v1::RestoreContact& contact) { return contact.instrument() == instrument.view(); });
}

uint32_t RestoreGuard::HighestIncarnation(const Replica& replica, const Owner& owner) const {
  uint32_t highest = 0;
  for (uint32_t n = 1; n <= ledger::kIncarnationMax; ++n) {
    const FeedKey feed{owner.first, owner.second, n};
    if (replica.HighestSeen(feed) || marks_.contains(feed)) highest = n;
  }
  return highest;
}

bool RestoreGuard::Complete(const Replica& replica, const FeedKey& feed) const {
  auto before = backup_.find(feed);
  auto mark = marks_.find(feed);
  if (before == backup_.end() || mark == marks_.end() || !ContactIn(feed.instrument)) return false;
  if (mark->second != before->second) return false;
  const std::optional<ledger::Tip> now = replica.HighestSeen(feed);
  return now && *now == before->second &&
         HighestIncarnation(replica, {feed.instrument, feed.key}) == feed.incarnation;
}

NextPlace RestoreGuard::Next(const Replica& replica, const InstrumentId& instrument,
                             const base::PublicKey& key) const {
  const uint32_t highest = HighestIncarnation(replica, {instrument, key});
  const FeedKey newest{instrument, key, highest};
  if (highest > 0 && (open_.contains(newest) || Complete(replica, newest))) {
    return {.incarnation = highest};
  }
  bool any_mark = false;
  for (const auto& [feed, tip] : marks_) {
    any_mark = any_mark || (feed.instrument == instrument && feed.key == key);
  }
  if (!any_mark && !ContactIn(instrument)) {
    return {.incarnation = std::max<uint32_t>(highest, 1), .blocked = true};
  }
  // A key without any entry may have had its first after the backup.
  return {.incarnation = std::max<uint32_t>(highest, 1) + 1, .fresh = true};
}

absl::Status RestoreGuard::CheckEntry(const Replica& replica, const FeedKey& feed,
                                      uint64_t hlc) const {
  if (!SignedSince(hlc) || open_.contains(feed)) return absl::OkStatus();
  const uint32_t highest = HighestIncarnation(replica, {feed.instrument, feed.key});
  if (feed.incarnation > std::max<uint32_t>(highest, 1) || Complete(replica, feed)) {
    return absl::OkStatus();
  }
  return base::Error(
      absl::StatusCode::kFailedPrecondition, "RESTORE_GUARD",
      absl::StrCat("this node was restored from a backup, and key ", feed.key.Short(),
                   " may have signed entries after it that are missing here; its next entry goes "
                   "in incarnation ",
                   std::max<uint32_t>(highest, 1) + 1, ", not in ", feed.incarnation,
                   " (entente status)"));
}

KeyRestore RestoreGuard::Look(const Replica& replica, const Owner& owner) const {
  KeyRestore out;
  out.instrument = owner.first;
  out.key = owner.second;
  for (uint32_t n = 1; n <= ledger::kIncarnationMax; ++n) {
    const FeedKey feed{owner.first, owner.second, n};
    const uint64_t before = SequenceIn(backup_, feed);
    const uint64_t mark = SequenceIn(marks_, feed);
    const uint64_t held = open_.contains(feed) ? before : Held(replica, feed);
    const uint64_t known = std::max({before, mark, held});
    out.in_backup += before;
    out.mark_known = out.mark_known || mark > 0;
    out.after_backup += known - before;
    out.came_back += std::max(held, before) - before;
    out.missing += known - std::max(held, before);
  }
  const NextPlace next = Next(replica, owner.first, owner.second);
  out.settled = !next.fresh && !next.blocked;
  if (next.fresh) out.next_incarnation = next.incarnation;
  return out;
}

std::vector<KeyRestore> RestoreGuard::Keys(const Replica& replica) const {
  std::set<Owner> owners;
  for (const auto* heads : {&backup_, &marks_}) {
    for (const auto& [feed, tip] : *heads) owners.insert({feed.instrument, feed.key});
  }
  std::vector<KeyRestore> out;
  for (const Owner& owner : owners) {
    const ledger::CredentialsView* credentials =
        replica.delegation() ? replica.authority().Credentials(owner.first, *replica.delegation())
                             : nullptr;
    if (credentials && credentials->keys.contains(owner.second)) {
      out.push_back(Look(replica, owner));
    }
  }
  return out;
}

bool RestoreGuard::Contacted(const Replica& replica) const {
  return std::all_of(replica.instruments().begin(), replica.instruments().end(),
                     [this](const InstrumentId& id) { return ContactIn(id); });
}

bool RestoreGuard::Settled(const Replica& replica) const {
  if (!Contacted(replica)) return false;
  const std::vector<KeyRestore> keys = Keys(replica);
  return std::all_of(keys.begin(), keys.end(), [](const KeyRestore& key) { return key.settled; });
}

// ---- the replica's part

absl::Status Replica::LoadRestored() {
  restored_.reset();
  ASSIGN_OR_RETURN(auto row, kv_->Get(store::kMeta, store::kMetaRestored));
  if (!row) return absl::OkStatus();
  v1::RestoreRecord record;
  if (!record.ParseFromString(*row)) {
    return base::Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                       "what is to be settled after the restore does not parse; restore again");
  }
  restored_.emplace(std::move(record));
  return absl::OkStatus();
}

void Replica::StageRestored() {
  batch_.Put(store::kMeta, store::kMetaRestored, restored_->record().SerializeAsString());
}

void Replica::NoteContact(const Spki& peer, absl::Span<const InstrumentId> instruments,
                          uint64_t now_ms) {
  if (!restored_) return;
  bool changed = false;
  for (const InstrumentId& id : instruments) {
    changed = restored_->AddContact(id, peer, now_ms) || changed;
  }
  if (changed) StageRestored();
}

void Replica::NoteMarks(absl::Span<const v1::HeldHead> marks) {
  if (restored_ && restored_->AddMarks(marks)) StageRestored();
}

NextPlace Replica::Next(const InstrumentId& instrument, const base::PublicKey& key) const {
  if (restored_) return restored_->Next(*this, instrument, key);
  // A forked or closed one is left by the author's own act.
  uint32_t incarnation = 1;
  for (uint32_t n = 1; n <= ledger::kIncarnationMax; ++n) {
    if (Feed({instrument, key, n})) incarnation = n;
  }
  return {.incarnation = incarnation};
}

absl::Status Replica::CheckRestored(const FeedKey& feed,
                                    const std::vector<VerifiedEntries::Item>& fresh) {
  if (!restored_) return absl::OkStatus();
  for (const VerifiedEntries::Item& item : fresh) {
    RETURN_IF_ERROR(restored_->CheckEntry(*this, feed, item.entry.header.hlc));
  }
  return absl::OkStatus();
}

}  // namespace entente::driver
