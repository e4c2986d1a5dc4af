// Signers of a delegation, or of the instrument, sign two versions of the next note. Two of KG's
// three signers are enough for either version.
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

class ChainFork : public AttackTest {
 protected:
  const Entries own_ = Write(4, nullptr, "own");
  // Version one enrols a key, version two cuts the feed.
  const Note enrols_ = KgAfter(kg(), {EnrolOf("new", {"focal_point"})});
  const Note cuts_ = KgAfter(kg(), {Revoke("focal", {own_[1]})});
  const Record enrols_signed_ = Signed(enrols_, {"s1", "s2"});
  const Record cuts_signed_ = Signed(cuts_, {"s2", "s3"});
};

// The Secretariat has anchored nothing past the first note: the common part is in force, the rest
// is in dispute, and a disputed branch can only take away.
TEST_F(ChainFork, BeforeAnAnchorBranchesOnlyTakeAway) {
  const Entries by_new = Write(1, nullptr, "new", {.key = "new", .credentials = &enrols_});
  EveryReplicaSays("AAQQP", own_ + by_new, RecordsOf(own_ + by_new),
                   {enrols_signed_, cuts_signed_});
}

// It had anchored the first version before the second appeared: the second has no effect at all.
TEST_F(ChainFork, AfterAnAnchorTheOtherBranchIsEvidenceAndNoMore) {
  const Entries by_new = Write(1, nullptr, "new", {.key = "new", .credentials = &enrols_});
  const Record anchor = BySec(CharterAfter(charter(), {Anchor(enrols_)}));
  EveryReplicaSays("AAAAA", own_ + by_new,
                   RecordsOf(own_ + by_new) + Records{enrols_signed_, anchor}, {cuts_signed_});
}

// Removed signers fork far below the anchor, and write a long branch: it changes nothing.
TEST_F(ChainFork, AForkBelowTheAnchorChangesNothingHoweverLong) {
  const Note removed = KgAfter(enrols_, {SignersOf(2, {"s1", "s2"})});
  const Record anchor = BySec(CharterAfter(charter(), {Anchor(removed)}));
  Records branch;
  Note at = kg();
  for (int i = 0; i < 4; ++i) {
    at = KgAfter(at, {Revoke("focal", {}), Revoke("second", {})}, 10 + i);
    branch.push_back(Signed(at, {"s2", "s3"}));
  }
  EveryReplicaSays("AAAA", own_,
                   RecordsOf(own_) + Records{enrols_signed_, Signed2(removed), anchor}, branch);
}

// The Secretariat, deceived or not, anchors the second version later: the first anchor stands.
TEST_F(ChainFork, TheFirstAnchorStandsAgainstALaterOne) {
  const Note first = CharterAfter(charter(), {Anchor(enrols_)});
  const Record second = BySec(CharterAfter(first, {Anchor(cuts_)}));
  EveryReplicaSays("AAAA", own_, RecordsOf(own_) + Records{enrols_signed_, BySec(first)},
                   {cuts_signed_, second});
}

// It anchors a note nobody has: that chooses nothing.
TEST_F(ChainFork, AnAnchorOnANoteNobodyHoldsChoosesNothing) {
  const Note nowhere = KgAfter(cuts_, {EnrolOf("third", {"focal_point"})});
  EveryReplicaSays("AAQQ", own_, RecordsOf(own_) + Records{enrols_signed_, cuts_signed_},
                   {BySec(CharterAfter(charter(), {Anchor(nowhere)}))});
}

// KG settles it itself: every signer of the parent signs a heal. Two of three are not every one.
TEST_F(ChainFork, AHealNeedsEverySigner) {
  const Note heal = KgAfter(enrols_, {act::Heal{enrols_.id}});
  const Records forked = RecordsOf(own_) + Records{enrols_signed_, cuts_signed_};
  EveryReplicaSays("AAQQ", own_, forked, {Signed(heal, {"s1", "s2"})});
  EveryReplicaSays("AAAA", own_, forked, {Signed(heal, {"s1", "s2"}), Signed(heal, {"s3"})});
}

// A thief of two signers' keys heals for the branch that suits him; a heal on the other branch by
// all three stands against it only if his is not by all.
TEST_F(ChainFork, AHealOfTheOtherBranchByTwoIsNotHeard) {
  const Note his = KgAfter(enrols_, {act::Heal{enrols_.id}});
  const Note theirs = KgAfter(cuts_, {act::Heal{cuts_.id}});
  EveryReplicaSays("AAQQ", own_, RecordsOf(own_) + Records{enrols_signed_, cuts_signed_},
                   {Signed(his, {"s1", "s2"}), Signed(theirs, kKgSigners)});
}

// What honest authors cite as head does not matter: heads on either branch, or backwards.
TEST_F(ChainFork, AnAuthorWhoCitedTheLosingBranchLosesNothing) {
  Entries run = Write(1, nullptr, "a", {.key = "second", .credentials = &cuts_});
  run = run + Write(1, &run[0], "b", {.key = "second", .credentials = &enrols_});
  run = run + Write(1, &run[1], "c", {.key = "second"});
  EveryReplicaSays("AAA", run, RecordsOf(run) + Records{enrols_signed_, cuts_signed_},
                   {BySec(CharterAfter(charter(), {Anchor(enrols_)}))});
}

// On a disputed branch: an adoption does nothing, a void does.
TEST_F(ChainFork, ADisputedBranchAdoptsNothingAndVoidsWhatWasAdopted) {
  const Note adopts = KgAfter(cuts_, {act::Adopt{own_[2].id, own_[3].id, "ours"}});
  EveryReplicaSays("AAQQ", own_, RecordsOf(own_) + Records{enrols_signed_, cuts_signed_},
                   {Signed2(adopts)});
  const Note good = KgAfter(adopts, {EnrolOf("third", {"focal_point"})});
  const Note bad = KgAfter(adopts, {act::Void{own_[3].id, own_[3].id, "not ours"}});
  EveryReplicaSays("AAAQ", own_, RecordsOf(own_) + Records{cuts_signed_, Signed2(adopts)},
                   {Signed2(good), Signed(bad, {"s2", "s3"})});
}

// A signer of the instrument forks the charter. There are no anchors for a charter: the common part
// is in force, and what shuts a delegation out bites from either branch. A heal settles it.
TEST_F(ChainFork, AForkedCharterShutsButAdmitsNobody) {
  const Note shuts =
      CharterAfter(charter(), {Withdraw(kg(), ledger::DelegationRole::kParty, {own_[1]})});
  const Note admits =
      CharterAfter(charter(), {act::Admit{obs().id, "OBS", ledger::DelegationRole::kParty}});
  const Entries by_obs =
      Write(1, nullptr, "obs", {.key = "obs", .code = "OBS", .credentials = &obs()});
  EveryReplicaSays("AAQQP", own_ + by_obs, RecordsOf(own_ + by_obs), {BySec(shuts), BySec(admits)});
  EveryReplicaSays(
      "AAAAA", own_ + by_obs, RecordsOf(own_ + by_obs),
      {BySec(shuts), BySec(admits), BySec(CharterAfter(admits, {act::Heal{admits.id}}))});
}

// The signers of a fork are named: everyone who signed both versions.
TEST_F(ChainFork, WhoSignedBothVersionsIsKnown) {
  auto node = NodeWith({enrols_signed_, cuts_signed_});
  EXPECT_TRUE(node->replica().authority().Credentials(charter().id, kg().id)->forked);
  std::set<std::string> both, first;
  for (const Note* note : node->replica().authority().ChainNotes(kg().id)) {
    if (note->position != 2) continue;
    for (const ledger::SignatureLine& line : note->lines) {
      if (!first.insert(line.name).second) both.insert(line.name);
    }
  }
  EXPECT_THAT(both, testing::ElementsAre(ledger::VerifierKey::ForSigner(PublicNamed("s2")).name));
}

}  // namespace
}  // namespace entente::oracle
