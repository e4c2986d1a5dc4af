#include "tests/property/status_oracle.h"

#include <algorithm>
#include <optional>

#include "tests/property/status_oracle_authority.h"

namespace entente::oracle {
namespace {

using ledger::Entry;
using ledger::FeedKey;
using ledger::Status;
using ledger::StatusReason;
using ledger::Verdict;

enum Side { kOut, kWait, kIn };

// Who writes what, from the ranges of kinds.
bool RoleWrites(ledger::DelegationRole role, uint32_t kind) {
  using Role = ledger::DelegationRole;
  if (kind == 0 || kind >= 3000) return false;
  if (kind < 1000) return role == Role::kParty || role == Role::kImplementer;
  return kind >= 2000 || role == Role::kSecretariat;
}
bool KeyWrites(const std::set<std::string>& roles, uint32_t kind) {
  if (kind == 0 || kind >= 3000) return false;
  if (kind >= 2000) return !roles.empty();
  if (kind >= 1000) return roles.contains("desk_officer");
  return roles.contains("focal_point") || roles.contains("signatory") ||
         roles.contains("implementer_lead");
}

class Oracle {
 public:
  // `notes` outlives it.
  Oracle(const OracleNotes& notes, const std::vector<Record>& records) : notes_(notes) {
    for (const Record& record : records) {
      if (const auto* entry = std::get_if<Entry>(&record)) entries_.emplace(entry->id, *entry);
    }
    for (const auto& [id, entry] : entries_) by_sequence_.push_back(&entry);
    std::stable_sort(by_sequence_.begin(), by_sequence_.end(), [](const Entry* a, const Entry* b) {
      return a->header.sequence < b->header.sequence;
    });
    FindAuthentic();
    FindStored();
    FindRooted();
  }

  const std::set<EntryId>& stored() const { return stored_; }

  std::map<EntryId, Verdict> Run() {
    std::set<std::pair<DelegationId, FeedKey>> feeds;
    for (const EntryId& id : rooted_) feeds.insert({delegation_[id], entries_.at(id).feed()});
    for (const auto& [delegation, feed] : feeds) JudgeFeed(delegation, feed);
    return verdicts_;
  }

 private:
  // The entry before it in the same (instrument, key, incarnation), if it is among the records.
  const Entry* Before(const Entry& e) const {
    auto it = entries_.find(e.header.previous);
    if (e.header.sequence == 1 || it == entries_.end()) return nullptr;
    const Entry& p = it->second;
    return p.feed() == e.feed() && p.header.sequence + 1 == e.header.sequence ? &p : nullptr;
  }

  void FindAuthentic() {
    for (auto it = by_sequence_.rbegin(); it != by_sequence_.rend(); ++it) {
      const Entry& e = **it;
      if (!authentic_.contains(e.id) && !Verify(e, TestVerifier())) continue;
      authentic_.insert(e.id);
      if (const Entry* before = Before(e)) authentic_.insert(before->id);
    }
  }

  void FindStored() {
    for (const Entry* e : by_sequence_) {
      if (!authentic_.contains(e->id) || !notes_.held.contains(e->header.charter_head) ||
          !notes_.held.contains(e->header.credentials_head) ||
          !notes_.AnyoneEnrols(e->header.key)) {
        continue;
      }
      const Entry* before = Before(*e);
      if (e->header.sequence == 1 || (before != nullptr && stored_.contains(before->id)))
        stored_.insert(e->id);
    }
  }

  // R1 to R4.
  void FindRooted() {
    for (const Entry* e : by_sequence_) {
      if (auto stop = StopsRoot(*e)) {
        verdicts_[e->id] = *stop;
        continue;
      }
      rooted_.insert(e->id);
      if (const Entry* before = Before(*e)) paths_[e->id] = paths_[before->id];
      paths_[e->id].insert(e->id);
    }
  }

  std::optional<Verdict> StopsRoot(const Entry& e) {
    if (!authentic_.contains(e.id)) return Verdict{Status::kPending, StatusReason::kSignature};
    auto charter = notes_.held.find(e.header.charter_head);
    auto credentials = notes_.held.find(e.header.credentials_head);
    if (charter == notes_.held.end() || credentials == notes_.held.end()) {
      return Verdict{Status::kPending, StatusReason::kHead};
    }
    delegation_[e.id] = credentials->second.chain_id();
    if (charter->second.kind != ledger::ChainKind::kCharter ||
        charter->second.chain_id() != e.header.instrument ||
        credentials->second.kind != ledger::ChainKind::kCredentials) {
      return Verdict{Status::kInvalid, StatusReason::kHead};
    }
    if (!notes_.Readable(charter->first) || !notes_.Readable(credentials->first)) {
      return Verdict{Status::kPending, StatusReason::kNewerVersion};
    }
    if (e.header.sequence == 1) return std::nullopt;
    const Entry* before = Before(e);
    if (before == nullptr) return Verdict{Status::kPending, StatusReason::kPrevious};
    if (!rooted_.contains(before->id)) return verdicts_[before->id];
    if (delegation_[before->id] != delegation_[e.id]) {
      return Verdict{Status::kInvalid, StatusReason::kDelegation};
    }
    return std::nullopt;
  }

  void JudgeFeed(const DelegationId& delegation, const FeedKey& feed);

  const OracleNotes& notes_;
  std::map<EntryId, Entry> entries_;
  std::vector<const Entry*> by_sequence_;
  std::set<EntryId> authentic_, stored_, rooted_;
  std::map<EntryId, DelegationId> delegation_;
  std::map<EntryId, std::set<EntryId>> paths_;
  std::map<EntryId, Verdict> verdicts_;
};

void Oracle::JudgeFeed(const DelegationId& delegation, const FeedKey& feed) {
  const OracleCharter charter(notes_, feed.instrument);
  auto anchors = charter.anchors.find(delegation);
  const OracleCredentials credentials(
      notes_, delegation,
      anchors == charter.anchors.end() ? std::vector<NoteId>{} : anchors->second);
  const FeedName name = feed.Name();
  std::vector<const Entry*> mine;
  for (const Entry* e : by_sequence_) {
    if (rooted_.contains(e->id) && e->feed() == feed && delegation_[e->id] == delegation)
      mine.push_back(e);
  }
  auto of_this_feed = [&](const EntryId& id) {
    return std::any_of(mine.begin(), mine.end(), [&](const Entry* e) { return e->id == id; });
  };
  auto is_tip = [&](const Tip& tip) {
    return of_this_feed(tip.entry) && entries_.at(tip.entry).header.sequence == tip.sequence;
  };
  auto side = [&](const Entry& e, const Tips& tips) {
    bool wait = false;
    for (const Tip& tip : tips) {
      if (tip.feed != name) continue;
      if (is_tip(tip) && paths_[tip.entry].contains(e.id)) return kIn;
      const bool held = stored_.contains(tip.entry) && entries_.at(tip.entry).feed() == feed;
      const bool not_rooted_yet = held && entries_.at(tip.entry).header.sequence == tip.sequence &&
                                  !rooted_.contains(tip.entry) &&
                                  verdicts_[tip.entry].status == Status::kPending;
      if (tip.sequence >= e.header.sequence && (!held || not_rooted_yet)) wait = true;
    }
    return wait ? kWait : kOut;
  };
  auto worst = [&](const Entry& e, const std::vector<Tips>& acts) {
    Side out = kIn;
    for (const Tips& tips : acts) out = std::min(out, side(e, tips));
    return out;
  };

  const bool closed =
      credentials.closed_keys.contains(feed.key) || credentials.closed_feeds.contains(name);
  std::vector<EntryId> standing;
  auto seals = charter.seals.find(delegation);
  for (const Tip& seal : seals == charter.seals.end() ? std::vector<Tip>{} : seals->second) {
    if (seal.feed != name || !is_tip(seal)) continue;
    if (std::all_of(standing.begin(), standing.end(), [&](const EntryId& other) {
          return paths_[other].contains(seal.entry) || paths_[seal.entry].contains(other);
        })) {
      standing.push_back(seal.entry);
    }
  }
  std::optional<EntryId> top;
  for (const EntryId& id : standing) {
    if (!top || entries_.at(id).header.sequence > entries_.at(*top).header.sequence) top = id;
  }
  const std::set<EntryId> sealed = top ? paths_[*top] : std::set<EntryId>{};
  auto displaced = [&](const Entry& e) {
    return !closed && top && !sealed.contains(e.id) && !paths_[e.id].contains(*top);
  };
  uint64_t fork = 0;
  for (const Entry* a : mine) {
    for (const Entry* b : mine) {
      if (closed || a == b || displaced(*a) || displaced(*b)) continue;
      const uint64_t at = a->header.sequence;
      if (at == b->header.sequence && (fork == 0 || at < fork)) fork = at;
    }
  }
  std::map<EntryId, bool> adopted;  // the last act decides
  for (const auto& act : credentials.adoptions) {
    if (!of_this_feed(act.last) || !paths_[act.last].contains(act.first)) continue;
    for (const EntryId& id : paths_[act.last]) {
      if (id == act.first || !paths_[act.first].contains(id)) adopted[id] = act.adopt;
    }
  }
  std::vector<Tips> own;
  if (auto it = credentials.key_closings.find(feed.key); it != credentials.key_closings.end())
    own = it->second;
  if (auto it = credentials.feed_closings.find(name); it != credentials.feed_closings.end()) {
    own.insert(own.end(), it->second.begin(), it->second.end());
  }

  auto judge = [&](const Entry& e) -> Verdict {
    const uint32_t kind = e.header.kind;
    auto enrolled = credentials.roles.find(feed.key);
    if (enrolled == credentials.roles.end()) return {Status::kPending, StatusReason::kEnrolment};
    std::optional<Side> admitted;
    if (auto roles = charter.roles.find(delegation); roles != charter.roles.end()) {
      for (const auto& [role, cuts] : roles->second) {
        if (RoleWrites(role, kind)) admitted = std::max(admitted.value_or(kOut), worst(e, cuts));
      }
    }
    if (!admitted) return {Status::kPending, StatusReason::kAdmission};
    if (!KeyWrites(enrolled->second, kind)) return {Status::kInvalid, StatusReason::kRole};
    if (sealed.contains(e.id)) admitted = kIn;
    if (*admitted == kOut) return {Status::kQuarantined, StatusReason::kCharter};
    if (*admitted == kWait) return {Status::kPending, StatusReason::kTip};
    if (adopted.contains(e.id) && adopted[e.id]) return {Status::kAdmitted, StatusReason::kAdopted};
    const Side inside = worst(e, own);
    if (inside == kOut) return {Status::kQuarantined, StatusReason::kClosingAct};
    if (inside == kWait) return {Status::kPending, StatusReason::kTip};
    if (displaced(e)) return {Status::kDisplaced, StatusReason::kSeal};
    if (fork != 0 && e.header.sequence >= fork) return {Status::kDisputed, StatusReason::kFork};
    return {Status::kAdmitted, StatusReason::kNone};
  };
  for (const Entry* e : mine) verdicts_[e->id] = judge(*e);
}

}  // namespace

support::MemoVerifier& TestVerifier() {
  static auto* verifier = new support::MemoVerifier();
  return *verifier;
}

std::map<EntryId, Verdict> OracleStatus(const std::vector<Record>& records) {
  return OracleStatus(OracleNotes(records), records);
}
std::map<EntryId, Verdict> OracleStatus(const OracleNotes& notes,
                                        const std::vector<Record>& entries) {
  return Oracle(notes, entries).Run();
}

std::vector<Entry> OracleStored(const std::vector<Record>& records) {
  return OracleStored(OracleNotes(records), records);
}
std::vector<Entry> OracleStored(const OracleNotes& notes, const std::vector<Record>& records) {
  const Oracle oracle(notes, records);
  std::map<EntryId, Entry> out;
  for (const Record& record : records) {
    const auto* entry = std::get_if<Entry>(&record);
    if (entry != nullptr && oracle.stored().contains(entry->id)) out.emplace(entry->id, *entry);
  }
  std::vector<Entry> list;
  for (auto& [id, entry] : out) list.push_back(std::move(entry));
  return list;
}

}  // namespace entente::oracle
