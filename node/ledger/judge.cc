// JudgeFeed. One pass settles which entries are rooted and whose they are; then each delegation
// that writes under this key is judged by itself. A path is never stored: what an act covers is
// marked back from its tips.
#include "node/ledger/judge.h"

#include <algorithm>

namespace entente::ledger {
namespace {

constexpr int kNoEntry = -1;

enum class Side { kOutside, kWaits, kInside };  // worst first

// What one closing act covers of a feed.
struct Coverage {
  std::vector<bool> covered;  // by index of entry; empty: nothing
  uint64_t waits_up_to = 0;   // highest sequence of a tip that is not here yet

  Side SideOf(int index, uint64_t sequence) const {
    if (!covered.empty() && covered[index]) return Side::kInside;
    return sequence <= waits_up_to ? Side::kWaits : Side::kOutside;
  }
};

class Feed {
 public:
  Feed(const FeedKey& key, const std::vector<JudgedEntry>& entries, const Authority& authority)
      : key_(key), name_(key.Name()), entries_(entries), authority_(authority) {
    for (size_t i = 0; i < entries.size(); ++i)
      by_id_.push_back({entries[i].id, static_cast<int>(i)});
    std::sort(by_id_.begin(), by_id_.end());
    verdicts_.resize(entries.size());
    rooted_.resize(entries.size(), false);
    delegation_.resize(entries.size());
    previous_.resize(entries.size(), kNoEntry);
  }

  // R1 to R4. Afterwards the delegations that have rooted entries, ascending.
  std::set<DelegationId> Root() {
    std::set<DelegationId> writers;
    HeadCheck heads;
    for (int i = 0; i < size(); ++i) {
      const JudgedEntry& e = entries_[i];
      const bool same_heads = i > 0 && e.charter_head == entries_[i - 1].charter_head &&
                              e.credentials_head == entries_[i - 1].credentials_head;
      if (!same_heads) heads = CheckHeads(key_, e.charter_head, e.credentials_head, authority_);
      delegation_[i] = heads.delegation;
      if (e.sequence > 1) previous_[i] = Predecessor(e);
      if (auto stopped = heads.verdict ? heads.verdict : CheckLink(i)) {
        verdicts_[i] = *stopped;
        continue;
      }
      rooted_[i] = true;
      writers.insert(delegation_[i]);
    }
    return writers;
  }

  int size() const { return static_cast<int>(entries_.size()); }
  const JudgedEntry& at(int i) const { return entries_[i]; }
  int previous(int i) const { return previous_[i]; }
  bool BelongsTo(int i, const DelegationId& delegation) const {
    return rooted_[i] && delegation_[i] == delegation;
  }
  void Decide(int i, Verdict verdict) { verdicts_[i] = verdict; }
  std::vector<Verdict> TakeVerdicts() { return std::move(verdicts_); }

  int Find(const EntryId& id) const {
    auto it = std::lower_bound(by_id_.begin(), by_id_.end(), std::pair(id, kNoEntry));
    return it != by_id_.end() && it->first == id ? it->second : kNoEntry;
  }

  Coverage Cover(const DelegationId& delegation, const std::vector<Tip>& tips) const {
    Coverage out;
    for (const Tip& tip : tips) {
      const int at = Find(tip.entry);
      const bool here = at != kNoEntry;
      if (here && entries_[at].sequence == tip.sequence && BelongsTo(at, delegation)) {
        if (out.covered.empty()) out.covered.resize(entries_.size(), false);
        for (int i = at; i != kNoEntry && !out.covered[i]; i = previous_[i]) out.covered[i] = true;
      } else if (!here || (entries_[at].sequence == tip.sequence && !rooted_[at] &&
                           verdicts_[at].status == Status::kPending)) {
        out.waits_up_to = std::max(out.waits_up_to, tip.sequence);
      }
    }
    return out;
  }
  // A feed the act does not name has no tip.
  Coverage Cover(const DelegationId& delegation, const Cut& cut) const {
    auto tips = cut.find(name_);
    return tips == cut.end() ? Coverage{} : Cover(delegation, tips->second);
  }

  const FeedKey& key() const { return key_; }
  const FeedName& name() const { return name_; }
  const Authority& authority() const { return authority_; }

 private:
  int Predecessor(const JudgedEntry& e) const {
    const int at = Find(e.previous);
    return at != kNoEntry && entries_[at].sequence + 1 == e.sequence ? at : kNoEntry;
  }

  std::optional<Verdict> CheckLink(int i) const {
    if (entries_[i].sequence == 1) return std::nullopt;
    const int before = previous_[i];
    if (before == kNoEntry) return Verdict{Status::kPending, StatusReason::kPrevious};
    if (!rooted_[before]) return verdicts_[before];
    if (delegation_[before] != delegation_[i])
      return Verdict{Status::kInvalid, StatusReason::kDelegation};
    return std::nullopt;
  }

  const FeedKey key_;
  const FeedName name_;
  const std::vector<JudgedEntry>& entries_;
  const Authority& authority_;
  std::vector<std::pair<EntryId, int>> by_id_;
  std::vector<Verdict> verdicts_;
  std::vector<bool> rooted_;
  std::vector<DelegationId> delegation_;
  std::vector<int> previous_;
};

// R5 to R13 for the rooted entries of one delegation.
class DelegationJudge {
 public:
  DelegationJudge(Feed& feed, const DelegationId& delegation)
      : feed_(feed),
        delegation_(delegation),
        charter_(feed.authority().Charter(feed.key().instrument)),
        credentials_(feed.authority().Credentials(feed.key().instrument, delegation)) {
    for (int i = 0; i < feed.size(); ++i) {
      if (feed.BelongsTo(i, delegation)) mine_.push_back(i);
    }
    closed_ = credentials_->closed_keys.contains(feed.key().key) ||
              credentials_->closed_feeds.contains(feed.name());
  }

  void Run() {
    CoverOwnActs();
    CoverShutRoles();
    FindSeal();
    FindDisplaced();
    FindFork();
    ApplyAdoptions();
    for (int i : mine_) feed_.Decide(i, Judge(i));
  }

 private:
  void CoverOwnActs() {
    auto keyed = credentials_->closings.find(feed_.key().key);
    if (keyed != credentials_->closings.end()) CoverAll(keyed->second);
    auto named = credentials_->feed_closings.find(feed_.name());
    if (named != credentials_->feed_closings.end()) CoverAll(named->second);
  }
  void CoverAll(const std::vector<Closing>& closings) {
    for (const Closing& closing : closings) own_.push_back(feed_.Cover(delegation_, *closing.cut));
  }

  void CoverShutRoles() {
    auto roles = charter_->roles.find(delegation_);
    if (roles == charter_->roles.end()) return;
    for (const auto& [role, state] : roles->second) {
      std::vector<Coverage>& cuts = shut_[role];
      for (const auto& cut : state.shut) cuts.push_back(feed_.Cover(delegation_, *cut));
    }
  }

  // The highest standing seal. Standing seals lie on one line: one that is on the line of the
  // highest, or prolongs it, stands.
  void FindSeal() {
    auto seals = charter_->seals.find({delegation_, feed_.name()});
    if (seals == charter_->seals.end()) return;
    for (const Tip& seal : seals->second) {
      const int at = feed_.Find(seal.entry);
      if (at == kNoEntry || !feed_.BelongsTo(at, delegation_)) continue;
      if (feed_.at(at).sequence != seal.sequence) continue;
      Coverage path = feed_.Cover(delegation_, std::vector<Tip>{seal});
      if (seal_ != kNoEntry && !path.covered[seal_]) continue;
      seal_ = at;
      sealed_ = std::move(path);
    }
  }
  bool OnSealedPath(int i) const { return seal_ != kNoEntry && sealed_.covered[i]; }

  // R11: beside the sealed path, up to the seal or after something beside it.
  void FindDisplaced() {
    displaced_.resize(feed_.size(), false);
    if (seal_ == kNoEntry || closed_) return;
    for (int i : mine_) {
      const int before = feed_.previous(i);
      displaced_[i] = !OnSealedPath(i) && (feed_.at(i).sequence <= feed_.at(seal_).sequence ||
                                           (before != kNoEntry && displaced_[before]));
    }
  }

  // R12: the lowest sequence with two entries that are not displaced. Entries come ascending by
  // sequence.
  void FindFork() {
    if (closed_) return;
    uint64_t last = 0;
    for (int i : mine_) {
      if (displaced_[i]) continue;
      if (feed_.at(i).sequence == last) {
        fork_ = last;
        return;
      }
      last = feed_.at(i).sequence;
    }
  }

  // R8: the last act whose range has an entry decides it, so the acts are read backwards.
  void ApplyAdoptions() {
    adopted_.resize(feed_.size(), Adoption::kNone);
    const auto& acts = credentials_->adoptions;
    for (auto act = acts.rbegin(); act != acts.rend(); ++act) {
      const int last = feed_.Find(act->last);
      const int first = feed_.Find(act->first);
      if (last == kNoEntry || first == kNoEntry || !feed_.BelongsTo(last, delegation_)) continue;
      std::vector<int> range;
      int i = last;
      for (; i != kNoEntry && i > first; i = feed_.previous(i)) range.push_back(i);
      if (i != first) continue;  // not on one line: the range is empty
      range.push_back(first);
      for (int at : range) {
        if (adopted_[at] == Adoption::kNone)
          adopted_[at] = act->adopt ? Adoption::kAdopt : Adoption::kVoid;
      }
    }
  }

  static Side Worst(const std::vector<Coverage>& acts, int i, uint64_t sequence) {
    Side worst = Side::kInside;
    for (const Coverage& act : acts) worst = std::min(worst, act.SideOf(i, sequence));
    return worst;
  }

  // R7: the most favourable role that may write this kind.
  Side CharterSide(int i) const {
    if (OnSealedPath(i)) return Side::kInside;
    Side best = Side::kOutside;
    for (const auto& [role, cuts] : shut_) {
      if (!DelegationRoleMayWrite(role, feed_.at(i).kind)) continue;
      best = std::max(best, Worst(cuts, i, feed_.at(i).sequence));
    }
    return best;
  }

  Verdict Judge(int i) const {
    const JudgedEntry& e = feed_.at(i);
    if (auto stopped =
            CheckMayWrite(charter_, credentials_, delegation_, feed_.key().key, e.kind)) {
      return *stopped;
    }
    const Side charter = CharterSide(i);
    if (charter == Side::kOutside) return {Status::kQuarantined, StatusReason::kCharter};
    if (charter == Side::kWaits) return {Status::kPending, StatusReason::kTip};
    if (adopted_[i] == Adoption::kAdopt) return {Status::kAdmitted, StatusReason::kAdopted};
    const Side own = Worst(own_, i, e.sequence);
    if (own == Side::kOutside) return {Status::kQuarantined, StatusReason::kClosingAct};
    if (own == Side::kWaits) return {Status::kPending, StatusReason::kTip};
    if (displaced_[i]) return {Status::kDisplaced, StatusReason::kSeal};
    if (fork_ != 0 && e.sequence >= fork_) return {Status::kDisputed, StatusReason::kFork};
    return {Status::kAdmitted, StatusReason::kNone};
  }

  enum class Adoption : uint8_t { kNone, kAdopt, kVoid };

  Feed& feed_;
  const DelegationId delegation_;
  const CharterView* charter_;          // held: a rooted entry's heads are
  const CredentialsView* credentials_;  // same
  std::vector<int> mine_;
  bool closed_ = false;
  std::vector<Coverage> own_;
  std::map<DelegationRole, std::vector<Coverage>> shut_;
  int seal_ = kNoEntry;
  Coverage sealed_;
  std::vector<bool> displaced_;
  uint64_t fork_ = 0;
  std::vector<Adoption> adopted_;
};

}  // namespace

std::vector<Verdict> JudgeFeed(const FeedKey& feed, const std::vector<JudgedEntry>& entries,
                               const Authority& authority) {
  Feed state(feed, entries, authority);
  for (const DelegationId& delegation : state.Root()) DelegationJudge(state, delegation).Run();
  return state.TakeVerdicts();
}

}  // namespace entente::ledger
