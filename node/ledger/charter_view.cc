// What a charter in force says (CharterView), from the walk of its chain.
#include "node/ledger/authority_state.h"
#include "node/ledger/chain_walk.h"

namespace entente::ledger {

std::shared_ptr<const Cut> CutOf(const std::vector<Tip>& tips) {
  auto cut = std::make_shared<Cut>();
  for (const Tip& tip : tips) (*cut)[tip.feed].push_back(tip);
  return cut;
}

namespace {

class CharterBuilder {
 public:
  explicit CharterBuilder(CharterView& view) : view_(view) {}

  void InForce(const Note& note) {
    note_ = &note;
    for (const Act& act : note.acts) std::visit(*this, act);
  }

  // A disputed branch can only take away.
  void Disputed(const Note& note) {
    for (const Act& act : note.acts) {
      if (const auto* shut = std::get_if<act::ShutDelegation>(&act)) {
        if (RoleState* role = Role(*shut)) Shut(*role, *shut, note.id);
      }
    }
  }

  void operator()(const act::Instrument& act) {
    view_.code = act.code;
    view_.title = act.title;
    view_.origin = act.origin;
  }
  void operator()(const act::Register& act) { view_.register_vkeys.push_back(act.vkey); }
  void operator()(const act::WitnessPolicy& act) { view_.witness_policy = act; }
  void operator()(const act::Admit& act) {
    if (!view_.roles.contains(act.delegation)) view_.admitted_order.push_back(act.delegation);
    view_.roles[act.delegation][act.role] = RoleState{};  // open, whatever was before
    auto code = view_.codes.find(act.delegation);
    if (code != view_.codes.end()) view_.by_code.erase(code->second);
    view_.codes[act.delegation] = act.code;
    view_.by_code[act.code] = act.delegation;
  }
  void operator()(const act::ShutDelegation& act) {
    if (RoleState* role = Role(act)) {
      *role = RoleState{};  // the newest act decides
      Shut(*role, act, note_->id);
    }
  }
  void operator()(const act::Anchor& act) {
    view_.anchors[act.delegation].push_back(
        act.note);  // the hash decides; the position is for people
  }
  void operator()(const act::Seal& act) {
    view_.seals[{act.delegation, act.feed}].push_back({act.feed, act.sequence, act.entry});
  }
  template <class Other>
  void operator()(const Other&) {
  }  // signers are kept with the note; the rest is of the other chain

 private:
  // Null for a role the delegation was never admitted with: there is nothing to shut.
  RoleState* Role(const act::ShutDelegation& act) {
    auto roles = view_.roles.find(act.delegation);
    if (roles == view_.roles.end()) return nullptr;
    auto role = roles->second.find(act.role);
    return role == roles->second.end() ? nullptr : &role->second;
  }
  static void Shut(RoleState& role, const act::ShutDelegation& act, const NoteId& by) {
    role.shut.push_back(CutOf(act.tips));
    role.shut_by.push_back(by);
  }

  CharterView& view_;
  const Note* note_ = nullptr;
};

}  // namespace

bool CharterView::IsParty(const DelegationId& d) const {
  auto it = roles.find(d);
  if (it == roles.end()) return false;
  for (const auto& [role, state] : it->second) {
    if (state.shut.empty()) return true;
  }
  return false;
}

CharterView BuildCharterView(const AuthorityData& data, const InstrumentId& id) {
  CharterView view;
  view.id = id;
  ChainWalk walk = WalkChain(data, id, {});
  CharterBuilder builder(view);
  for (const HeldNote* note : walk.in_force) builder.InForce(note->note);
  for (const HeldNote* note : walk.disputed) builder.Disputed(note->note);
  view.forked = walk.forked;
  if (!walk.in_force.empty()) {
    const HeldNote& last = *walk.in_force.back();
    view.position = last.note.position;
    view.head = last.note.id;
    view.threshold = last.threshold;
    view.signers = *last.signers;
  }
  return view;
}

}  // namespace entente::ledger
