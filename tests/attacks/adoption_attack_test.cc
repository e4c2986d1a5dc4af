// Quarantined work, honest or not: who can bring it back, and who cannot.
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

class Adoption : public AttackTest {
 protected:
  const Entries own_ = Write(6, nullptr, "own");
  const Entries thief_ = Write(3, &own_[2], "thief");
  const Note revoke_ = KgAfter(kg(), {Revoke("focal", {own_[1]})});
  const Records before_ = RecordsOf(own_ + thief_) + Records{Signed2(revoke_)};

  static act::Adopt Adopt(const Entry& first, const Entry& last) {
    return {first.id, last.id, "written in good faith"};
  }
  static act::Void Void(const Entry& first, const Entry& last) {
    return {first.id, last.id, "was not ours"};
  }
};

// The laptop's last honest entries come by bundle after the revocation and are adopted by range;
// the thief's line next to them is not.
TEST_F(Adoption, HonestEntriesComeBackByRangeAndTheThiefsDoNot) {
  EveryReplicaSays("AAAAAAQQQ", own_ + thief_, before_,
                   {Signed2(KgAfter(revoke_, {Adopt(own_[2], own_[5])}))});
}

// A range is one line: from `last` back to `first`, also where the feed forks.
TEST_F(Adoption, ARangeFollowsOneLineThroughAFork) {
  EveryReplicaSays("AAAQQQAAQ", own_ + thief_, before_,
                   {Signed2(KgAfter(revoke_, {Adopt(own_[2], thief_[1])}))});
  EveryReplicaSays("AAQQQQQQQ", own_ + thief_, before_,
                   {Signed2(KgAfter(revoke_, {Adopt(own_[4], thief_[1])}))});
}

// The last act decides: adopted, voided in part, adopted again.
TEST_F(Adoption, VoidUndoesAnAdoptionAndAnAdoptionAVoid) {
  const Note adopts = KgAfter(revoke_, {Adopt(own_[2], own_[5])});
  const Note voids = KgAfter(adopts, {Void(own_[4], own_[5])});
  EveryReplicaSays("AAAAQQ", own_, before_, {Signed2(adopts), Signed2(voids)});
  EveryReplicaSays(
      "AAAAAQ", own_, before_,
      {Signed2(adopts), Signed2(voids), Signed2(KgAfter(voids, {Adopt(own_[4], own_[4])}))});
}

// A void alone takes nothing away that counts by itself.
TEST_F(Adoption, AVoidWithoutAdoptionTakesNothingAway) {
  EveryReplicaSays("AAQQQQ", own_, before_, {Signed2(KgAfter(revoke_, {Void(own_[0], own_[5])}))});
}

// Nobody else adopts: not KZ, not the Secretariat, not one signer of KG.
TEST_F(Adoption, NobodyElseAdopts) {
  const Note mine = KgAfter(revoke_, {Adopt(own_[2], own_[5])});
  EveryReplicaSays(
      "AAQQQQ", own_, before_,
      {Signed(NoteAfter(kz(), {Adopt(own_[2], own_[5])}), {"t1"}),
       BySec(NoteAfter(sec(), {Adopt(own_[2], own_[5])})), Signed(mine, {"s3", "sec"})});
}

// A delegation that was withdrawn adopts its own later work: the charter is above it.
TEST_F(Adoption, AWithdrawnDelegationCannotAdoptItselfBack) {
  const Entries run = Write(4, nullptr, "w", {.key = "second"});
  const Note out =
      CharterAfter(charter(), {Withdraw(kg(), ledger::DelegationRole::kParty, {run[1]})});
  EveryReplicaSays("AAQQ", run, RecordsOf(run) + Records{BySec(out)},
                   {Signed2(KgAfter(kg(), {Adopt(run[2], run[3])}))});
}

// It backdates its charter head as well: heads decide nothing here. Admitted again, all is open.
TEST_F(Adoption, AWithdrawnDelegationBackdatesItsCharterHeadForNothing) {
  const Entries run = Write(2, nullptr, "w", {.key = "second"});
  const Note out =
      CharterAfter(charter(), {Withdraw(kg(), ledger::DelegationRole::kParty, {run[1]})});
  const Entries late =
      Write(2, &run[1], "late", {.key = "second"});  // cites the first charter note
  EveryReplicaSays("AAQQ", run + late, RecordsOf(run) + Records{BySec(out)}, RecordsOf(late));
  const Note in = CharterAfter(out, {act::Admit{kg().id, "KG", ledger::DelegationRole::kParty}});
  EveryReplicaSays("AAAA", run + late, RecordsOf(run) + Records{BySec(out)},
                   RecordsOf(late) + Records{BySec(in)});
}

// A withdrawal does not reach below a seal: what was sealed was accepted.
TEST_F(Adoption, AWithdrawalDoesNotReachBelowASeal) {
  const Entries run = Write(4, nullptr, "w", {.key = "second"});
  const Note seal = CharterAfter(charter(), {Seal(run[1])});
  EveryReplicaSays(
      "AAQQ", run, RecordsOf(run) + Records{BySec(seal)},
      {BySec(CharterAfter(seal, {Withdraw(kg(), ledger::DelegationRole::kParty, {})}))});
}

// An entry that cites or supersedes a quarantined one keeps its own status.
TEST_F(Adoption, NothingCascades) {
  const Entries other = Write(2, nullptr, "other", {.key = "second"});
  EveryReplicaSays("AAQQQQAA", own_ + other, RecordsOf(other), before_);
}

}  // namespace
}  // namespace entente::oracle
