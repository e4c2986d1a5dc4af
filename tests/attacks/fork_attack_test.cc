// Two signed entries at one sequence of one feed: by a thief, by a second device, by a backup that
// was restored. Both are kept; which line counts is KG's or the Secretariat's to say.
#include "node/base/error.h"
#include "node/ledger/limits.h"
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

class Fork : public AttackTest {
 protected:
  const Entries own_ = Write(6, nullptr, "own");
};

// The thief holds the key and forks an open feed. From the fork on nothing counts, on either line,
// until someone settles it; what is below counts.
TEST_F(Fork, AnOpenForkIsDisputedFromWhereItBegins) {
  const Entries thief = Write(2, &own_[2], "thief");
  EveryReplicaSays("AAAUUUUU", own_ + thief, RecordsOf(own_), RecordsOf(thief));
}

// He forks at a low sequence, below an entry the Secretariat has sealed. The seal wins: his line is
// displaced, however long, and the sealed line goes on.
TEST_F(Fork, AForkBelowASealIsDisplaced) {
  const Entries thief = Write(5, &own_[0], "thief"), more = Write(1, &own_[5], "more");
  const Record seal = BySec(CharterAfter(charter(), {Seal(own_[3])}));
  EveryReplicaSays("AAAAAALLLLLA", own_ + thief + more, RecordsOf(own_) + Records{seal},
                   RecordsOf(thief + more));
}

// He forks above the seal: only what the seal does not cover is in dispute.
TEST_F(Fork, AForkAboveASealDisputesTheUnsealedPartOnly) {
  const Entries thief = Write(2, &own_[4], "thief");
  const Record seal = BySec(CharterAfter(charter(), {Seal(own_[3])}));
  EveryReplicaSays("AAAAAUUU", own_ + thief, RecordsOf(own_) + Records{seal}, RecordsOf(thief));
}

// A deceived Secretariat seals his line afterwards: a seal that does not lie on the line of the
// first does nothing.
TEST_F(Fork, ASecondSealOnTheOtherLineDoesNothing) {
  const Entries thief = Write(4, &own_[1], "thief");
  const Note first = CharterAfter(charter(), {Seal(own_[3])});
  EveryReplicaSays("AAAAAALLLL", own_ + thief, RecordsOf(own_) + Records{BySec(first)},
                   RecordsOf(thief) + Records{BySec(CharterAfter(first, {Seal(thief[3])}))});
}

// It was deceived from the start, and only his line is sealed. KG's own act is above any seal.
TEST_F(Fork, TheDelegationsOwnCutIsAboveASealOnTheThiefsLine) {
  const Entries thief = Write(4, &own_[1], "thief");
  const Record seal = BySec(CharterAfter(charter(), {Seal(thief[3])}));
  EveryReplicaSays("AALLLLAAAA", own_ + thief, RecordsOf(own_ + thief), {seal});
  EveryReplicaSays("AAAAAAQQQQ", own_ + thief, RecordsOf(own_ + thief),
                   {seal, Signed2(KgAfter(kg(), {Revoke("focal", {own_[5]})}))});
}

// No thief: one key on two devices. KG keeps both lines, closes the feed and goes on in the next
// incarnation; what a device wrote past its tip comes back by adoption.
TEST_F(Fork, ResolveForkKeepsSeveralLinesAndClosesTheFeed) {
  const Entries device = Write(3, &own_[2], "device"), late = Write(1, &device[2], "late");
  const Note resolve =
      KgAfter(kg(), {act::ResolveFork{own_[0].feed().Name(), TipsOf({own_[5], device[2]})}});
  const Entries next = Write(2, nullptr, "next", {.incarnation = 2});
  const Records before = RecordsOf(own_ + device);
  EveryReplicaSays("AAAAAAAAAQAA", own_ + device + late + next, before,
                   RecordsOf(late + next) + Records{Signed2(resolve)});
  const Note adopt = KgAfter(resolve, {act::Adopt{late[0].id, late[0].id, "ours as well"}});
  EveryReplicaSays("AAAAAAAAAA", own_ + device + late, before,
                   RecordsOf(late) + Records{Signed2(resolve), Signed2(adopt)});
}

// A restored backup: the node lost the last two entries, other nodes hold them. The author opened
// the next incarnation instead of writing over them; nothing is lost and nothing disputed.
TEST_F(Fork, ARestoredBackupGoesOnInTheNextIncarnation) {
  const Entries restored = Write(3, nullptr, "restored", {.incarnation = 2});
  EveryReplicaSays("AAAAAAAAA", own_ + restored, RecordsOf(own_), RecordsOf(restored));
}

// At the node: writing over a head that another entry already has is refused, and once two lines
// are held the node says how to settle them.
TEST_F(Fork, TheNodeStopsItsAuthorBeforeHeForks) {
  auto node = NodeWith(RecordsOf(own_));
  const Entries over = Write(1, &own_[4], "over");
  EXPECT_EQ(base::ReasonOf(node->Submit(over)), "HEAD_MOVED");
  node->Give(RecordsOf(over));
  const absl::Status forked = node->Submit(Write(1, &own_[5], "on"));
  EXPECT_EQ(base::ReasonOf(forked), "FEED_FORKED");
  EXPECT_THAT(std::string(forked.message()), testing::HasSubstr("resolve-fork"));
  EXPECT_TRUE(node->Submit(Write(1, nullptr, "on", {.incarnation = 2})).ok());
}

// The node holds entries of this key aside, whose predecessors it lost: it remembers the highest
// sequence it ever saw and does not let its author write below it.
TEST_F(Fork, TheNodeRemembersTheHighestHeadItSaw) {
  auto node = NodeWith({own_[0], own_[1], own_[5]});
  EXPECT_EQ(base::ReasonOf(node->Submit(Write(1, &own_[1], "over"))), "RESTORE_GUARD");
}

// Eight incarnations and no more.
TEST_F(Fork, ANinthIncarnationIsNoEntry) {
  ledger::EntryHeader header = own_[0].header;
  header.incarnation = ledger::kIncarnationMax + 1;
  const Entry ninth = Write(1, nullptr, "x", {.incarnation = ledger::kIncarnationMax})[0];
  EXPECT_EQ(ninth.header.incarnation, 8u);
  EXPECT_FALSE(ledger::MakeEntry(ledger::EncodeHeader(header), crypto::View(own_[0].signature),
                                 own_[0].payload)
                   .ok());
}

}  // namespace
}  // namespace entente::oracle
