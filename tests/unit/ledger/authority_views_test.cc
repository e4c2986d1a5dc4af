// What the notes in force say, and what two nodes compare of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "node/crypto/sha256.h"
#include "node/ledger/authority.h"
#include "tests/property/status_oracle_world.h"

namespace entente::ledger {
namespace {

using oracle::EnrolOf;
using oracle::FirstCharter;
using oracle::FirstCredentials;
using oracle::NoteAfter;
using oracle::PublicNamed;
using oracle::RotateOf;
using oracle::Signed;
using oracle::SignersOf;
using oracle::SuspendOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class AuthorityViewsTest : public testing::Test {
 protected:
  AuthorityViewsTest() {
    Add(own_);
    Add(secretariat_);
    Add(charter_);
  }
  void Add(const Note& note) {
    auto added = authority_.Add(Signed(note, {"s1", "s2"}).file);
    ASSERT_EQ(added.outcome, Authority::Outcome::kNew) << added.reason;
  }

  Authority authority_{&crypto::Ed25519Verifier()};
  const Note own_ = FirstCredentials(
      "OWN", {SignersOf(2, {"s1", "s2"}), EnrolOf("k", {"focal_point"}), EnrolOf("j", {"clerk"})});
  const Note secretariat_ =
      FirstCredentials("SEC", {SignersOf(2, {"s1", "s2"}), EnrolOf("desk", {"desk_officer"})});
  const Note charter_ =
      FirstCharter("PLAN", {SignersOf(2, {"s1", "s2"}),
                            act::Admit{secretariat_.id, "SEC", DelegationRole::kSecretariat},
                            act::Admit{own_.id, "OWN", DelegationRole::kParty}});
};

TEST_F(AuthorityViewsTest, ASuspendedDelegationIsNoPartyUntilItIsAdmittedAgain) {
  EXPECT_TRUE(authority_.Charter(charter_.id)->IsParty(own_.id));
  const Note out = NoteAfter(
      charter_, {act::ShutDelegation{false, own_.id, DelegationRole::kParty, "arrears", {}}});
  Add(out);
  EXPECT_FALSE(authority_.Charter(charter_.id)->IsParty(own_.id));
  EXPECT_TRUE(authority_.Charter(charter_.id)->EverAdmitted(own_.id));
  Add(NoteAfter(out, {act::Admit{own_.id, "OWN", DelegationRole::kParty}}));
  EXPECT_TRUE(authority_.Charter(charter_.id)->IsParty(own_.id));
}

TEST_F(AuthorityViewsTest, ARotatedKeyHasTheRolesAndLabelOfTheOldOne) {
  Add(NoteAfter(own_, {RotateOf("k", "k2", {})}));
  const CredentialsView* view = authority_.Credentials(charter_.id, own_.id);
  const EnrolledKey& key = view->keys.at(PublicNamed("k2"));
  EXPECT_THAT(key.roles, ElementsAre("focal_point"));
  EXPECT_EQ(key.label, "Key k");
  EXPECT_EQ(key.rotated_from, PublicNamed("k"));
  EXPECT_TRUE(view->closed_keys.contains(PublicNamed("k")));
}

TEST_F(AuthorityViewsTest, ARotationToAKeyThatWasNotAnnouncedIsMarked) {
  act::Enrol enrol = EnrolOf("p", {"focal_point"});
  enrol.next = crypto::Sha256(PublicNamed("p2").view());
  const Note two = NoteAfter(own_, {enrol});
  Add(two);
  Add(NoteAfter(two, {RotateOf("p", "other", {}), RotateOf("p", "p2", {})}));
  const CredentialsView* view = authority_.Credentials(charter_.id, own_.id);
  EXPECT_TRUE(view->keys.at(PublicNamed("other")).unannounced);
  EXPECT_FALSE(view->keys.at(PublicNamed("p2")).unannounced);
}

TEST_F(AuthorityViewsTest, TheFirstEnrolmentOfAKeyDecidesItsRoles) {
  Add(NoteAfter(own_, {EnrolOf("j", {"focal_point"})}));
  EXPECT_THAT(authority_.Credentials(charter_.id, own_.id)->keys.at(PublicNamed("j")).roles,
              ElementsAre("clerk"));
}

TEST_F(AuthorityViewsTest, ARotationOfAKeyNobodyEnrolledEnrolsNothing) {
  Add(NoteAfter(own_, {RotateOf("ghost", "ghost2", {})}));
  EXPECT_FALSE(authority_.Credentials(charter_.id, own_.id)->keys.contains(PublicNamed("ghost2")));
  EXPECT_TRUE(authority_.AnyoneEnrols(PublicNamed("ghost2")));
}

TEST_F(AuthorityViewsTest, EachInstrumentReadsCredentialsThroughItsOwnAnchors) {
  const Note x = NoteAfter(own_, {EnrolOf("x", {"focal_point"})});
  const Note y = NoteAfter(own_, {EnrolOf("y", {"focal_point"})});
  Add(x);
  Add(y);
  Add(NoteAfter(charter_, {act::Anchor{own_.id, 2, y.id}}));
  const CredentialsView* anchored = authority_.Credentials(charter_.id, own_.id);
  EXPECT_FALSE(anchored->forked);
  EXPECT_EQ(anchored->head, y.id);
  const CredentialsView* plain = authority_.Credentials({}, own_.id);
  EXPECT_TRUE(plain->forked);
  EXPECT_EQ(plain->head, own_.id);
}

TEST_F(AuthorityViewsTest, AnUnknownActEndsTheChainBeforeItsNote) {
  const Note two = NoteAfter(own_, {act::Unknown{{"frobnicate all"}}});
  const Note three = NoteAfter(two, {EnrolOf("m", {"focal_point"})});
  Add(two);
  Add(three);
  EXPECT_TRUE(authority_.Holds(three.id));
  EXPECT_TRUE(authority_.Readable(own_.id));
  EXPECT_FALSE(authority_.Readable(two.id));
  EXPECT_FALSE(authority_.Readable(three.id));
  EXPECT_EQ(authority_.Credentials({}, own_.id)->head, own_.id);
}

TEST_F(AuthorityViewsTest, TheDigestIsTheHashOfTheLinesOfEveryNoteAndSuspend) {
  const Suspend suspend = SuspendOf(own_.id, "k", {});
  authority_.Add(Signed(suspend, {"s1"}).file);
  std::vector<std::string> lines;
  for (const Note* note : {&own_, &secretariat_, &charter_}) {
    lines.push_back(absl::StrCat(note->id.ToHex(), " 1 ", note->id.ToHex(), "\n"));
  }
  std::sort(lines.begin(), lines.end());
  const std::string text = lines[0] + lines[1] + lines[2] + "suspend " + suspend.id.ToHex() + "\n";
  EXPECT_EQ(authority_.AuthorityDigest(charter_.id), crypto::Sha256(text));
}

TEST_F(AuthorityViewsTest, NotesOfOthersAreNotTheInstruments) {
  const Digest before = authority_.AuthorityDigest(charter_.id);
  Add(FirstCredentials("ELSE", {SignersOf(2, {"s1", "s2"})}));
  EXPECT_EQ(authority_.AuthorityDigest(charter_.id), before);
}

TEST_F(AuthorityViewsTest, WhatIsMissingBringsAnotherNodeToTheSameDigest) {
  Authority peer(&crypto::Ed25519Verifier());
  for (const Note& note : {own_, charter_}) peer.Add(Signed(note, {"s1", "s2"}).file);
  const Note two = NoteAfter(own_, {EnrolOf("m", {"focal_point"})});
  Add(two);
  Add(NoteAfter(two, {EnrolOf("n", {"focal_point"})}));
  authority_.Add(Signed(SuspendOf(own_.id, "k", {}), {"s1"}).file);
  const auto files =
      authority_.MissingFor(charter_.id, peer.Leaves(charter_.id), peer.SuspendIds(charter_.id));
  EXPECT_THAT(files, SizeIs(4));  // the secretariat's note, two of the delegation, one suspend
  for (const std::string& file : files) {
    EXPECT_EQ(peer.Add(file).outcome, Authority::Outcome::kNew);
  }
  EXPECT_EQ(peer.AuthorityDigest(charter_.id), authority_.AuthorityDigest(charter_.id));
  EXPECT_THAT(
      authority_.MissingFor(charter_.id, peer.Leaves(charter_.id), peer.SuspendIds(charter_.id)),
      IsEmpty());
}

TEST_F(AuthorityViewsTest, KeysStandInTheOrderOfAdmissionAndEnrolment) {
  EXPECT_THAT(authority_.KeyOrder(charter_.id),
              ElementsAre(PublicNamed("desk"), PublicNamed("k"), PublicNamed("j")));
}

TEST_F(AuthorityViewsTest, AForkedChainHasNoKeyOrder) {
  Add(NoteAfter(own_, {EnrolOf("x", {"focal_point"})}));
  Add(NoteAfter(own_, {EnrolOf("y", {"focal_point"})}));
  EXPECT_THAT(authority_.KeyOrder(charter_.id), IsEmpty());
}

TEST_F(AuthorityViewsTest, WhatIsNotHeldHasNoView) {
  EXPECT_EQ(authority_.Charter(own_.id), nullptr);
  EXPECT_EQ(authority_.Credentials(charter_.id, charter_.id), nullptr);
}

}  // namespace
}  // namespace entente::ledger
