// Which notes are held, which wait and which are refused.
#include "node/ledger/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "node/crypto/sha256.h"
#include "tests/property/status_oracle_world.h"

namespace entente::ledger {
namespace {

using oracle::EnrolOf;
using oracle::FirstCharter;
using oracle::FirstCredentials;
using oracle::NoteAfter;
using oracle::PublicNamed;
using oracle::Signed;
using oracle::SignersOf;
using oracle::SuspendOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Outcome = Authority::Outcome;

Note Own() {
  return FirstCredentials("OWN", {SignersOf(2, {"s1", "s2", "s3"}), EnrolOf("k", {"focal_point"})});
}
Note Charter(const Note& own) {
  return FirstCharter(
      "PLAN", {SignersOf(1, {"sec"}), act::Admit{NoteId{}, "SEC", DelegationRole::kSecretariat},
               act::Admit{own.id, "OWN", DelegationRole::kParty}});
}

class AuthorityTest : public testing::Test {
 protected:
  Authority::Added Add(const Note& note, const oracle::Names& signers) {
    return authority_.Add(Signed(note, signers).file);
  }
  Authority authority_{&crypto::Ed25519Verifier()};
  const Note own_ = Own();
};

TEST_F(AuthorityTest, BelowTheThresholdANoteWaitsAndNamesWhoHasNotSigned) {
  auto added = Add(own_, {"s1"});
  EXPECT_EQ(added.outcome, Outcome::kWaiting);
  EXPECT_THAT(added.reason, HasSubstr("1 more signature"));
  EXPECT_THAT(added.reason, HasSubstr(VerifierKey::ForSigner(PublicNamed("s2")).name));
  EXPECT_FALSE(authority_.Holds(own_.id));
  EXPECT_EQ(authority_.generation(), 0u);
}

TEST_F(AuthorityTest, LinesOfTwoCopiesAreMergedUntilTheThresholdIsMet) {
  Add(own_, {"s1"});
  auto added = Add(own_, {"s3"});
  EXPECT_EQ(added.outcome, Outcome::kNew);
  EXPECT_THAT(added.now_held, ElementsAre(own_.id));
  EXPECT_THAT(authority_.Waiting(), IsEmpty());
}

TEST_F(AuthorityTest, AFurtherLineOnAHeldNoteIsMergedOnceAndRelayed) {
  Add(own_, {"s1", "s2"});
  const uint64_t before = authority_.generation();
  EXPECT_EQ(Add(own_, {"s3"}).outcome, Outcome::kMerged);
  EXPECT_GT(authority_.generation(), before);
  EXPECT_EQ(Add(own_, {"s3"}).outcome, Outcome::kHeld);
  EXPECT_EQ(authority_.generation(), before + 1);
  EXPECT_EQ(authority_.Find(own_.id)->lines.size(), 3u);
}

TEST_F(AuthorityTest, AWrongOrForeignLineSpoilsNothingAndIsNotKept) {
  Note note = own_;
  note.lines = {SignText("other text", oracle::KeyNamed("s3")),
                SignText(note.text, oracle::KeyNamed("stranger")),
                SignText(note.text, oracle::KeyNamed("s1")),
                SignText(note.text, oracle::KeyNamed("s2"))};
  EXPECT_EQ(authority_.Add(note.File()).outcome, Outcome::kNew);
  EXPECT_EQ(authority_.Find(own_.id)->lines.size(), 2u);
}

TEST_F(AuthorityTest, NotesThatComeBackwardsWaitAndAreHeldTogether) {
  const Note two = NoteAfter(own_, {EnrolOf("m", {"focal_point"})});
  const Note three = NoteAfter(two, {EnrolOf("n", {"focal_point"})});
  auto waiting = Add(three, {"s1", "s2"});
  EXPECT_EQ(waiting.outcome, Outcome::kWaiting);
  EXPECT_THAT(waiting.reason, HasSubstr(two.id.ToHex()));
  Add(two, {"s2", "s3"});
  EXPECT_THAT(Add(own_, {"s1", "s2"}).now_held, ElementsAre(own_.id, two.id, three.id));
}

TEST_F(AuthorityTest, ASignerWhoWasRemovedDoesNotCount) {
  const Note two = NoteAfter(own_, {SignersOf(2, {"s1", "s2"})});
  const Note three = NoteAfter(two, {EnrolOf("m", {"focal_point"})});
  Add(own_, {"s1", "s2"});
  Add(two, {"s1", "s2"});
  EXPECT_EQ(Add(three, {"s1", "s3"}).outcome, Outcome::kWaiting);
  EXPECT_EQ(Add(three, {"s2"}).outcome, Outcome::kNew);
}

TEST_F(AuthorityTest, NewSignersMustSignTheNoteThatNamesThem) {
  const Note two = NoteAfter(own_, {SignersOf(2, {"a", "b"})});
  Add(own_, {"s1", "s2"});
  auto old_only = Add(two, {"s1", "s2"});
  EXPECT_EQ(old_only.outcome, Outcome::kWaiting);
  EXPECT_THAT(old_only.reason, HasSubstr("the signers it names"));
  EXPECT_EQ(Add(two, {"a", "b"}).outcome, Outcome::kNew);
}

TEST_F(AuthorityTest, NewSignersAloneCannotTakeAChain) {
  const Note two = NoteAfter(own_, {SignersOf(1, {"thief"})});
  Add(own_, {"s1", "s2"});
  EXPECT_EQ(Add(two, {"thief", "s1"}).outcome, Outcome::kWaiting);
  EXPECT_FALSE(authority_.Holds(two.id));
}

TEST_F(AuthorityTest, APositionThatDoesNotFollowIsRefused) {
  Add(own_, {"s1", "s2"});
  Note fields = NoteAfter(own_, {EnrolOf("m", {"focal_point"})});
  fields.position = 3;
  auto skipped = BuildNote(fields);
  ASSERT_TRUE(skipped.ok());
  auto added = Add(*skipped, {"s1", "s2"});
  EXPECT_EQ(added.outcome, Outcome::kRefused);
  EXPECT_THAT(added.reason, HasSubstr("position"));
}

TEST_F(AuthorityTest, ANoteOfAnotherChainThanItsPreviousIsRefused) {
  const Note two = NoteAfter(own_, {EnrolOf("m", {"focal_point"})});
  Add(own_, {"s1", "s2"});
  Add(two, {"s1", "s2"});
  Note fields = NoteAfter(two, {EnrolOf("n", {"focal_point"})});
  fields.chain = NoteId{crypto::Sha256("elsewhere").bytes};
  auto note = BuildNote(fields);
  ASSERT_TRUE(note.ok());
  EXPECT_THAT(Add(*note, {"s1", "s2"}).reason, HasSubstr("chain"));
}

TEST_F(AuthorityTest, AnEnrolmentWithoutItsKeysOwnSignatureIsRefused) {
  act::Enrol stolen = EnrolOf("victim", {"focal_point"});
  stolen.pop = EnrolOf("thief", {"focal_point"}).pop;
  Add(own_, {"s1", "s2"});
  auto added = Add(NoteAfter(own_, {stolen}), {"s1", "s2"});
  EXPECT_EQ(added.outcome, Outcome::kRefused);
  EXPECT_THAT(added.reason, HasSubstr("proof of possession"));
}

TEST_F(AuthorityTest, AKeyOfSmallOrderIsRefusedAtEnrolmentRotationAndAsSigner) {
  Add(own_, {"s1", "s2"});
  PublicKey small;  // y = 1: the neutral element
  small.bytes[0] = 1;
  act::Enrol enrol = EnrolOf("m", {"focal_point"});
  enrol.key = small;
  act::Rotate rotate = oracle::RotateOf("k", "m", {});
  rotate.new_key = small;
  act::Signers signers{1, {VerifierKey::ForSigner(small)}};
  for (const Act& act : {Act(enrol), Act(rotate), Act(signers)}) {
    auto added = Add(NoteAfter(own_, {act}), {"s1", "s2"});
    EXPECT_EQ(added.outcome, Outcome::kRefused);
    EXPECT_THAT(added.reason, HasSubstr("no acceptable Ed25519 public key"));
  }
}

TEST_F(AuthorityTest, ACodeInForceCannotNameASecondDelegation) {
  const Note charter = Charter(own_);
  const DelegationId other{crypto::Sha256("other").bytes};
  Add(charter, {"sec"});
  auto taken = Add(NoteAfter(charter, {act::Admit{other, "OWN", DelegationRole::kParty}}), {"sec"});
  EXPECT_EQ(taken.outcome, Outcome::kRefused);
  EXPECT_THAT(taken.reason, HasSubstr("code OWN names delegation"));
  const Note renamed = NoteAfter(charter, {act::Admit{own_.id, "NEW", DelegationRole::kParty},
                                           act::Admit{other, "OWN", DelegationRole::kParty}});
  EXPECT_EQ(Add(renamed, {"sec"}).outcome, Outcome::kNew);
  EXPECT_EQ(authority_.Charter(charter.id)->by_code.at("OWN"), other);
}

TEST_F(AuthorityTest, ASuspendOfAStrangerWaitsUntilItsKeyIsASigner) {
  const Suspend suspend = SuspendOf(own_.id, "k", {});
  Add(own_, {"s1", "s2"});
  EXPECT_EQ(authority_.Add(Signed(suspend, {"new"}).file).outcome, Outcome::kWaiting);
  auto added = Add(NoteAfter(own_, {SignersOf(1, {"s1", "new"})}), {"s1", "s2"});
  EXPECT_THAT(added.now_held, testing::Contains(suspend.id));
  EXPECT_EQ(authority_.Credentials({}, own_.id)->closings.at(PublicNamed("k")).size(), 1u);
}

TEST_F(AuthorityTest, ASuspendLineThatCameTooEarlyCountsOnceItsKeyIsASigner) {
  const Suspend suspend = SuspendOf(own_.id, "k", {});
  const Note two = NoteAfter(own_, {SignersOf(1, {"s1", "new"})});
  Add(own_, {"s1", "s2"});
  authority_.Add(Signed(suspend, {"s3"}).file);
  authority_.Add(Signed(suspend, {"new"}).file);  // nobody's line yet; s3 leaves with the next note
  Add(two, {"s1", "s2"});
  EXPECT_EQ(authority_.Credentials({}, own_.id)->closings.count(PublicNamed("k")), 1u);
}

TEST_F(AuthorityTest, TheBufferIsBoundedAndKeepsTheNotesNearestToBeingHeld) {
  Add(own_, {"s1", "s2"});
  const Note half_signed = NoteAfter(own_, {EnrolOf("m", {"focal_point"})});
  Add(half_signed, {"s1"});
  const Note unknown = NoteAfter(half_signed, {act::Lift{NoteId{}}});
  Authority::Added last;
  for (size_t i = 0; i < kWaitingMax; ++i) {
    last = Add(NoteAfter(unknown, {act::Lift{NoteId{}}}, static_cast<int>(i)), {});
  }
  EXPECT_EQ(authority_.Waiting().size(), kWaitingMax);
  EXPECT_THAT(last.warnings, ElementsAre(HasSubstr("made room")));
  EXPECT_THAT(authority_.Waiting(), testing::Contains(half_signed.id));
}

TEST_F(AuthorityTest, ACopyKeepsItsAnswersWhileTheOriginalGoesOn) {
  Add(own_, {"s1", "s2"});
  const Authority copy = authority_;
  const CredentialsView* view = copy.Credentials({}, own_.id);
  Add(NoteAfter(own_, {EnrolOf("m", {"focal_point"})}), {"s1", "s2"});
  EXPECT_EQ(view->position, 1u);
  EXPECT_EQ(copy.Credentials({}, own_.id), view);
  EXPECT_EQ(authority_.Credentials({}, own_.id)->position, 2u);
}

TEST_F(AuthorityTest, WhatIsNoNoteIsRefusedWithTheLineThatIsWrong) {
  auto added = authority_.Add("entente/credentials/v1\nnonsense\n\n");
  EXPECT_EQ(added.outcome, Outcome::kRefused);
  EXPECT_FALSE(added.reason.empty());
}

TEST_F(AuthorityTest, AThresholdOfHalfTheSignersIsWarnedAbout) {
  const Note note = FirstCredentials("HALF", {SignersOf(1, {"s1", "s2"})});
  EXPECT_THAT(Add(note, {"s1"}).warnings, ElementsAre(HasSubstr("threshold 1 of 2")));
}

}  // namespace
}  // namespace entente::ledger
