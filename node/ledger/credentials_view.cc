// What a delegation's credentials in force say (CredentialsView), from the walk of its chain.
#include <algorithm>

#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/ledger/authority_state.h"
#include "node/ledger/chain_walk.h"

namespace entente::ledger {
namespace {

class CredentialsBuilder {
 public:
  explicit CredentialsBuilder(CredentialsView& view) : view_(view) {}

  void Read(const Note& note, bool in_force) {
    note_ = &note;
    in_force_ = in_force;
    for (act_line_ = 0; act_line_ < note.acts.size(); ++act_line_) {
      std::visit(*this, note.acts[act_line_]);
    }
  }

  // One signer can close a key at once, until a threshold lifts it or the signer is one no more.
  void ApplySuspend(const HeldSuspend& held) {
    if (lifted_.contains(held.suspend.id)) return;
    const bool stands =
        std::any_of(view_.signers.begin(), view_.signers.end(),
                    [&](const auto& key) { return held.signed_by.contains(key.key); });
    if (!stands) return;
    view_.closings[held.suspend.key].push_back(
        {held.suspend.id, true, "suspend", CutOf(held.suspend.tips)});
  }

  // These take effect on disputed branches too: they can only restrict.
  void operator()(const act::Revoke& act) {
    Close(act.key, "revoke (" + base::Str(ReasonWord(act.reason)) + ")", act.tips);
  }
  void operator()(const act::Rotate& act) {
    Close(act.old_key, "rotate", act.tips);
    if (in_force_) EnrolNext(act);
  }
  void operator()(const act::Void& act) {
    view_.adoptions.push_back({false, act.first, act.last, act.text, note_->id});
  }

  void operator()(const act::Enrol& act) {
    if (!in_force_) return;
    EnrolledKey key = Place(act.key, act.next);
    key.label = act.label;
    key.roles = act.roles;
    view_.keys.emplace(act.key, std::move(key));  // the first enrolment stays
  }
  void operator()(const act::ResolveFork& act) {
    if (!in_force_) return;
    view_.feed_closings[act.feed].push_back({note_->id, true, "resolve-fork", CutOf(act.tips)});
    view_.closed_feeds.insert(act.feed);
  }
  void operator()(const act::Adopt& act) {
    if (in_force_) view_.adoptions.push_back({true, act.first, act.last, act.text, note_->id});
  }
  void operator()(const act::Lift& act) {
    if (in_force_) lifted_.insert(act.suspend);
  }
  void operator()(const act::Delegation& act) {
    if (!in_force_) return;
    view_.code = act.code;
    view_.name = act.name;
  }
  void operator()(const act::Office& act) {
    if (in_force_) view_.offices.push_back(act);
  }
  void operator()(const act::Node& act) {
    if (in_force_) view_.nodes[act.spki] = act.address;
  }
  void operator()(const act::NodeGone& act) {
    if (in_force_) view_.nodes.erase(act.spki);
  }
  template <class Other>
  void operator()(const Other&) {}

 private:
  EnrolledKey Place(const PublicKey& key, const std::optional<Digest>& next) const {
    EnrolledKey out;
    out.key = key;
    out.enrolled_by = note_->id;
    out.position = note_->position;
    out.act_line = act_line_;
    out.next = next;
    return out;
  }

  void Close(const PublicKey& key, std::string what, const std::vector<Tip>& tips) {
    view_.closings[key].push_back({note_->id, in_force_, std::move(what), CutOf(tips)});
    if (in_force_) view_.closed_keys.insert(key);
  }

  // The new key speaks for the same person with the same roles. A key that is not enrolled has none
  // to pass on.
  void EnrolNext(const act::Rotate& act) {
    auto old = view_.keys.find(act.old_key);
    if (old == view_.keys.end()) return;
    EnrolledKey key = Place(act.new_key, act.next);
    key.label = old->second.label;
    key.roles = old->second.roles;
    key.rotated_from = act.old_key;
    key.unannounced = old->second.next && *old->second.next != crypto::Sha256(act.new_key.view());
    view_.keys.emplace(act.new_key, std::move(key));
  }

  CredentialsView& view_;
  std::set<NoteId> lifted_;
  const Note* note_ = nullptr;
  bool in_force_ = true;
  uint32_t act_line_ = 0;
};

}  // namespace

CredentialsView BuildCredentialsView(const AuthorityData& data, const DelegationId& id,
                                     const std::vector<NoteId>& anchors) {
  CredentialsView view;
  view.id = id;
  ChainWalk walk = WalkChain(data, id, anchors);
  view.forked = walk.forked;
  if (!walk.in_force.empty()) {
    const HeldNote& last = *walk.in_force.back();
    view.position = last.note.position;
    view.head = last.note.id;
    view.threshold = last.threshold;
    view.signers = *last.signers;
  }
  CredentialsBuilder builder(view);
  for (const HeldNote* note : walk.in_force) builder.Read(note->note, true);
  for (const HeldNote* note : walk.disputed) builder.Read(note->note, false);
  for (const auto& [suspend_id, held] : data.suspends) {
    if (held->suspend.chain == id) builder.ApplySuspend(*held);
  }
  return view;
}

}  // namespace entente::ledger
