// A thief holds the key of KG's focal point: his laptop was stolen, unlocked. KG revokes the key,
// or rotates it, naming the last entry its own people wrote.
#include "node/base/error.h"
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

class StolenKey : public AttackTest {
 protected:
  const Entries own_ = Write(4, nullptr, "own");
};

// The thief writes on after the last honest entry, before and after KG finds out.
TEST_F(StolenKey, WhatTheThiefWroteIsQuarantinedAndWhatTheOwnerWroteStays) {
  const Entries thief = Write(3, &own_[3], "thief");
  EveryReplicaSays("AAAAQQQ", own_ + thief, RecordsOf(own_ + thief),
                   {Signed2(KgAfter(kg(), {Revoke("focal", {own_[3]})}))});
}

// Backdating: he names the oldest notes he knows as heads, so that his entries look older than the
// revocation. Heads decide whose entry it is and nothing else.
TEST_F(StolenKey, BackdatingHeadsGainsNothing) {
  const Note revoke = KgAfter(kg(), {Revoke("focal", {own_[3]})});
  const Note newer = CharterAfter(charter(), {Seal(own_[1])});
  const Entries backdated = Write(2, &own_[3], "backdated");  // heads: the first notes of all
  EveryReplicaSays("AAAAQQ", own_ + backdated, RecordsOf(own_) + Records{Signed2(revoke)},
                   RecordsOf(backdated) + Records{BySec(newer)});
}

// He cites the revocation itself as head: no gain, no harm either.
TEST_F(StolenKey, CitingTheRevocationGainsNothing) {
  const Note revoke = KgAfter(kg(), {Revoke("focal", {own_[3]})});
  const Entries bold = Write(1, &own_[3], "bold", {.credentials = &revoke});
  EveryReplicaSays("AAAAQ", own_ + bold, RecordsOf(own_),
                   RecordsOf(bold) + Records{Signed2(revoke)});
}

// He writes the whole feed anew from sequence 1, with an earlier time. KG has named its tip: the
// feed is closed, so the second line disputes nothing.
TEST_F(StolenKey, RewritingTheFeedFromItsFirstEntryDisputesNothing) {
  const Entries rewritten = Write(6, nullptr, "rewritten");
  EveryReplicaSays(
      "AAAAQQQQQQ", own_ + rewritten, RecordsOf(own_),
      RecordsOf(rewritten) + Records{Signed2(KgAfter(kg(), {Revoke("focal", {own_[3]})}))});
}

// He shows a node that has never seen the honest entries the rewritten ones only: up to the tip
// they wait, past it they are out. When the honest ones come, all is settled.
TEST_F(StolenKey, ANodeThatHoldsTheForgeryOnlyCountsNoneOfIt) {
  const Entries rewritten = Write(6, nullptr, "rewritten");
  const Record revoke = Signed2(KgAfter(kg(), {Revoke("focal", {own_[3]})}));
  EveryReplicaSays("PPPPQQ", rewritten, RecordsOf(rewritten), {revoke});
}

// He opens an incarnation nobody named. A feed that is not named has no tip.
TEST_F(StolenKey, AnIncarnationTheRevocationDoesNotNameCountsNothing) {
  const Entries third = Write(3, nullptr, "third", {.incarnation = 3});
  EveryReplicaSays(
      "AAAAQQQ", own_ + third, RecordsOf(own_),
      RecordsOf(third) + Records{Signed2(KgAfter(kg(), {Revoke("focal", {own_[3]})}))});
}

// A thief after the rotation: KG moved to "next" and closed the old key at its last entry. He goes
// on with the old key, and forks below the cut.
TEST_F(StolenKey, AThiefAfterTheRotationNeitherCountsNorDisturbs) {
  const Entries late = Write(2, &own_[3], "late"), below = Write(3, &own_[1], "below");
  const Note rotate = KgAfter(kg(), {RotateOf("focal", "next", TipsOf({own_[3]}))});
  const Entries next = Write(2, nullptr, "next", {.key = "next", .credentials = &rotate});
  EveryReplicaSays("AAAAAAQQQQQ", own_ + next + late + below,
                   RecordsOf(own_ + next) + Records{Signed2(rotate)}, RecordsOf(late + below));
}

// The new key cannot rewrite what the old one wrote: a feed is of one key, so a line that names an
// entry of the old feed as predecessor never links.
TEST_F(StolenKey, ANewKeyCannotContinueOrRewriteTheOldFeed) {
  const Note rotate = KgAfter(kg(), {RotateOf("focal", "next", TipsOf({own_[3]}))});
  const Entries onto = Write(2, &own_[1], "onto", {.key = "next", .credentials = &rotate});
  EveryReplicaSays("AAAA--", own_ + onto, RecordsOf(own_) + Records{Signed2(rotate)},
                   RecordsOf(onto));
}

// He holds the old key and one signer of KG besides, and enrols the old key again: below the
// threshold that is no note. With a careless second signature it is one, and the key stays closed.
TEST_F(StolenKey, AKeyOnceRevokedStaysClosedWhoeverEnrolsIt) {
  const Note revoke = KgAfter(kg(), {Revoke("focal", {own_[3]})});
  const Entries late = Write(2, &own_[3], "late");
  const Note again = KgAfter(revoke, {EnrolOf("focal", {"focal_point"})});
  const Records before = RecordsOf(own_) + Records{Signed2(revoke)};
  EveryReplicaSays("AAAAQQ", own_ + late, before, RecordsOf(late) + Records{Signed(again, {"s1"})});
  EveryReplicaSays("AAAAQQ", own_ + late, before, RecordsOf(late) + Records{Signed2(again)});
}

// One signer stops the key at once. The thief forks the feed: a suspend is in no feed, so nothing
// he writes lifts it. A threshold does.
TEST_F(StolenKey, AForkDoesNotLiftASuspend) {
  const Entries thief = Write(3, &own_[1], "thief");
  const ledger::Suspend suspend = SuspendOf(kg().id, "focal", TipsOf({own_[3]}));
  EveryReplicaSays("AAUUQQQ", own_ + thief, RecordsOf(own_),
                   RecordsOf(thief) + Records{Signed(suspend, {"s3"})});
  const Note lift = KgAfter(kg(), {act::Lift{suspend.id}});
  EveryReplicaSays(
      "AAAA", own_, RecordsOf(own_),
      {Signed(SuspendOf(kg().id, "focal", TipsOf({own_[1]})), {"s3"}),
       Signed2(KgAfter(kg(), {act::Lift{SuspendOf(kg().id, "focal", TipsOf({own_[1]})).id}}))});
  EveryReplicaSays("AAAA", own_, RecordsOf(own_), {Signed(suspend, {"s3"}), Signed2(lift)});
}

// The thief is a signer himself and suspends everybody's key: that only takes away, and a threshold
// that removes him takes it back. Somebody who never was a signer is not heard at all.
TEST_F(StolenKey, OneSignerCanOnlyTakeAwayAndOnlyWhileHeIsOne) {
  const Entries other = Write(2, nullptr, "other", {.key = "second"});
  const Record suspend = Signed(SuspendOf(kg().id, "second", {}), {"s3"});
  EveryReplicaSays("AAAAQQ", own_ + other, RecordsOf(own_ + other), {suspend});
  EveryReplicaSays("AAAAAA", own_ + other, RecordsOf(own_ + other),
                   {suspend, Signed2(KgAfter(kg(), {SignersOf(2, {"s1", "s2"})}))});
  EveryReplicaSays("AAAAAA", own_ + other, RecordsOf(own_ + other),
                   {Signed(SuspendOf(kg().id, "second", {}), {"t1"})});
}

// A revocation is for every key of a person, each by its own act: a key it does not name goes on.
TEST_F(StolenKey, OtherKeysOfTheDelegationGoOn) {
  const Entries other = Write(2, nullptr, "other", {.key = "second"});
  EveryReplicaSays("AAAQAA", own_ + other, RecordsOf(own_ + other),
                   {Signed2(KgAfter(kg(), {Revoke("focal", {own_[2]})}))});
}

// At the node itself: an entry of a revoked key is refused before it is stored, in words.
TEST_F(StolenKey, TheNodeRefusesToStoreWhatWouldNotCount) {
  auto node =
      NodeWith(RecordsOf(own_) + Records{Signed2(KgAfter(kg(), {Revoke("focal", {own_[3]})}))});
  const Entries late = Write(1, &own_[3], "late");
  const absl::Status refused = node->Submit(late);
  EXPECT_EQ(base::ReasonOf(refused), "KEY_REVOKED") << refused;
  EXPECT_EQ(node->Letter(late[0].id), '-');
}

}  // namespace
}  // namespace entente::oracle
