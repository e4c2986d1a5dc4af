// Someone who carries entries but holds no key of theirs: a relay, a thief of a USB stick, a node
// of another delegation. He can change, drop, repeat and reorder bytes.
#include "node/base/check.h"
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

class Relay : public AttackTest {
 protected:
  // The entry with another signature, as if it had been signed again.
  static Entry WithSignature(const Entry& entry, const crypto::Signature& signature) {
    auto changed = ledger::MakeEntry(entry.header_bytes, crypto::View(signature), entry.payload);
    ENTENTE_CHECK(changed.ok());
    return *std::move(changed);
  }
  const Entries own_ = Write(4, nullptr, "own");
};

// He swaps the signature of an entry in the middle for bytes that verify nothing. The id covers the
// signature, so it is another entry, of nobody; the one its successor names is what is held.
TEST_F(Relay, ASwappedSignatureMakesAnotherEntryThatNobodyHolds) {
  crypto::Signature wrong = own_[1].signature;
  wrong[63] ^= 1;
  const Entry swapped = WithSignature(own_[1], wrong);
  ASSERT_NE(swapped.id, own_[1].id);
  EveryReplicaSays("AAAA-", own_ + Entries{swapped}, RecordsOf(own_), {swapped});
}

// He takes a good signature of another entry of the same key.
TEST_F(Relay, ASignatureOfAnotherEntrySignsNothing) {
  const Entry swapped = WithSignature(own_[1], own_[2].signature);
  EveryReplicaSays("AAAA-", own_ + Entries{swapped}, RecordsOf(own_), {swapped});
}

// He swaps the last signature of a run: nothing after it speaks for it, so the tail waits and the
// rest, which its own signatures prove, counts.
TEST_F(Relay, ASwappedLastSignatureCostsTheTailOnly) {
  crypto::Signature wrong = own_[3].signature;
  wrong[0] ^= 1;
  const Entry swapped = WithSignature(own_[3], wrong);
  const Entries head(own_.begin(), own_.begin() + 3);
  EveryReplicaSays("AAA-", head + Entries{swapped}, RecordsOf(head), {swapped});
}

// The author's own bad signature in the middle is another thing: the next entry, which he did sign,
// names it. It is authentic, everywhere.
TEST_F(Relay, ABadSignatureTheAuthorBuiltUponIsTheAuthors) {
  const Entries bad = Write(1, &own_[3], "slip", {.good = false});
  const Entries after = Write(1, &bad[0], "after");
  EveryReplicaSays("AAAAAA", own_ + bad + after, RecordsOf(own_ + bad), RecordsOf(after));
}

// He adds entries of his own making at a sequence that is taken. Two leaves of which one is not
// signed prove no fork.
TEST_F(Relay, UnsignedEntriesForkNothing) {
  const Entries junk = Write(3, &own_[1], "junk", {.good = false});
  EveryReplicaSays("AAAA---", own_ + junk, RecordsOf(own_), RecordsOf(junk));
}

// He has the Secretariat seal one of them, believing it held. A seal makes nothing authentic.
TEST_F(Relay, ASealOnAnUnsignedEntryGivesItNothing) {
  const Entries junk = Write(2, &own_[1], "junk", {.good = false});
  EveryReplicaSays("AAAA--", own_ + junk, RecordsOf(own_),
                   RecordsOf(junk) + Records{BySec(CharterAfter(charter(), {Seal(junk[0])}))});
}

// Nor does an adoption, nor a tip.
TEST_F(Relay, AnAdoptionOrATipOnAnUnsignedEntryGivesItNothing) {
  const Entries junk = Write(2, &own_[3], "junk", {.good = false});
  const Note acts = KgAfter(
      kg(), {Revoke("focal", {junk[1]}), act::Adopt{junk[0].id, junk[1].id, "taken for ours"}});
  EveryReplicaSays("PPPP--", own_ + junk, RecordsOf(own_),
                   RecordsOf(junk) + Records{Signed2(acts)});
}

// He keeps an entry back. What follows waits, and nothing of it counts, until the piece comes.
TEST_F(Relay, AWithheldEntryHoldsUpWhatFollowsAndNothingElse) {
  const Entries other = Write(2, nullptr, "other", {.key = "second"});
  EveryReplicaSays("A--AA", Entries{own_[0], own_[2], own_[3]} + other, {own_[0]},
                   Records{own_[2], own_[3]} + RecordsOf(other));
  EveryReplicaSays("AAAA", own_, {own_[0]}, {own_[3], own_[2], own_[1]});
}

// He replays everything, many times.
TEST_F(Relay, ReplayingChangesNothing) {
  const Records once = RecordsOf(own_);
  EveryReplicaSays("AAAA", own_, once, once + once + Records{own_[0], own_[0]});
}

// He strips a note of its signatures, or adds a stranger's: that copy is no note. The next good
// copy of the text is, and old junk lines never shut it out.
TEST_F(Relay, ANoteWithItsSignaturesStrippedIsNotHeld) {
  const Note revoke = KgAfter(kg(), {Revoke("focal", {own_[1]})});
  EveryReplicaSays("AAAA", own_, RecordsOf(own_),
                   {Signed(revoke, {}), Signed(revoke, {"t1", "relay"})});
  EveryReplicaSays("AAQQ", own_, RecordsOf(own_),
                   {Signed(revoke, {"relay"}), Signed(revoke, {"s2"}), Signed(revoke, {"s3"})});
}

// He sends the same signer's line twice, which makes no second signer.
TEST_F(Relay, OneSignersLineTwiceIsOneSignature) {
  const Note revoke = KgAfter(kg(), {Revoke("focal", {})});
  EveryReplicaSays("AAAA", own_, RecordsOf(own_),
                   {Signed(revoke, {"s1", "s1"}), Signed(revoke, {"s1"})});
}

// He changes a payload: the header has its hash, so it is no entry at all.
TEST_F(Relay, AChangedPayloadIsNoEntry) {
  std::string payload = own_[0].payload;
  payload.back() ^= 1;
  EXPECT_FALSE(
      ledger::MakeEntry(own_[0].header_bytes, crypto::View(own_[0].signature), payload).ok());
}

}  // namespace
}  // namespace entente::oracle
