// The parts of the status rules that need no whole history: kinds, words, plain feeds. The rules
// together are compared with the oracle in tests/property/status_oracle_test.cc.
#include "node/ledger/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(Kinds, TheRangeAloneDecidesWhoMayWrite) {
  struct Row {
    uint32_t kind;
    bool party, secretariat, observer, focal_point, desk_officer, clerk;
  };
  const Row rows[] = {
      {0, false, false, false, false, false, false},
      {1, true, false, false, true, false, false},
      {999, true, false, false, true, false, false},
      {1000, false, true, false, false, true, false},
      {1999, false, true, false, false, true, false},
      {2000, true, true, true, true, true, true},
      {2999, true, true, true, true, true, true},
      {3000, false, false, false, false, false, false},
      {4294967295u, false, false, false, false, false, false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.kind);
    EXPECT_EQ(DelegationRoleMayWrite(DelegationRole::kParty, row.kind), row.party);
    EXPECT_EQ(DelegationRoleMayWrite(DelegationRole::kImplementer, row.kind), row.party);
    EXPECT_EQ(DelegationRoleMayWrite(DelegationRole::kSecretariat, row.kind), row.secretariat);
    EXPECT_EQ(DelegationRoleMayWrite(DelegationRole::kObserver, row.kind), row.observer);
    EXPECT_EQ(KeyRoleMayWrite("focal_point", row.kind), row.focal_point);
    EXPECT_EQ(KeyRoleMayWrite("signatory", row.kind), row.focal_point);
    EXPECT_EQ(KeyRoleMayWrite("implementer_lead", row.kind), row.focal_point);
    EXPECT_EQ(KeyRoleMayWrite("desk_officer", row.kind), row.desk_officer);
    EXPECT_EQ(KeyRoleMayWrite("clerk", row.kind), row.clerk);
  }
}

TEST(Words, AStatusIsSaidWithItsReason) {
  EXPECT_EQ(StatusInWords({Status::kAdmitted, StatusReason::kNone}), "admitted");
  EXPECT_EQ(StatusInWords({Status::kPending, StatusReason::kNewerVersion}),
            "pending (needs a newer version)");
  EXPECT_NE(StatusInWords({Status::kPending, StatusReason::kHead}),
            "pending " + StatusInWords({Status::kInvalid, StatusReason::kHead}).substr(8));
}

class PlainFeedTest : public testing::Test {
 protected:
  PlainFeedTest() {
    Add(own_);
    Add(charter_);
  }
  void Add(const Note& note) {
    ASSERT_EQ(authority_.Add(Signed(note, {"s1"}).file).outcome, Authority::Outcome::kNew);
  }
  bool Plain() { return IsPlainFeed(feed_, own_.id, authority_); }
  Verdict Append(uint32_t kind, const NoteId& charter_head, const NoteId& credentials_head) {
    JudgedEntry entry;
    entry.kind = kind;
    entry.charter_head = charter_head;
    entry.credentials_head = credentials_head;
    return JudgePlainAppend(feed_, own_.id, entry, authority_);
  }

  Authority authority_{&crypto::Ed25519Verifier()};
  const Note own_ = FirstCredentials(
      "OWN", {SignersOf(1, {"s1"}), EnrolOf("k", {"focal_point"}), EnrolOf("j", {"clerk"})});
  const Note charter_ = FirstCharter(
      "PLAN", {SignersOf(1, {"s1"}), act::Admit{NoteId{}, "SEC", DelegationRole::kSecretariat},
               act::Admit{own_.id, "OWN", DelegationRole::kParty}});
  const FeedKey feed_{charter_.id, PublicNamed("k"), 1};
};

TEST_F(PlainFeedTest, AFeedThatNoActTouchesIsPlain) {
  Add(NoteAfter(own_, {EnrolOf("m", {"focal_point"})}));
  EXPECT_TRUE(Plain());
}

TEST_F(PlainFeedTest, AClosingActEndsIt) {
  Add(NoteAfter(own_, {act::Revoke{PublicNamed("k"), RevokeReason::kLost, {}}}));
  EXPECT_FALSE(Plain());
}

TEST_F(PlainFeedTest, ASuspendEndsIt) {
  authority_.Add(Signed(oracle::SuspendOf(own_.id, "k", {}), {"s1"}).file);
  EXPECT_FALSE(Plain());
}

TEST_F(PlainFeedTest, AResolvedForkEndsIt) {
  Add(NoteAfter(own_, {act::ResolveFork{feed_.Name(), {}}}));
  EXPECT_FALSE(Plain());
}

TEST_F(PlainFeedTest, ASealEndsIt) {
  Add(NoteAfter(charter_, {act::Seal{own_.id, feed_.Name(), 1, EntryId{}}}));
  EXPECT_FALSE(Plain());
}

TEST_F(PlainFeedTest, AnAdoptOfTheDelegationEndsIt) {
  Add(NoteAfter(own_, {act::Adopt{EntryId{}, EntryId{}, "ours"}}));
  EXPECT_FALSE(Plain());
}

TEST_F(PlainFeedTest, AShutRoleEndsIt) {
  Add(NoteAfter(charter_,
                {act::ShutDelegation{true, own_.id, DelegationRole::kParty, "left", {}}}));
  EXPECT_FALSE(Plain());
}

TEST_F(PlainFeedTest, AForkedChainEndsIt) {
  Add(NoteAfter(own_, {EnrolOf("m", {"focal_point"})}, 1));
  Add(NoteAfter(own_, {EnrolOf("m", {"focal_point"})}, 2));
  EXPECT_FALSE(Plain());
}

TEST_F(PlainFeedTest, AnotherKeysRevocationDoesNot) {
  Add(NoteAfter(own_, {act::Revoke{PublicNamed("j"), RevokeReason::kLost, {}}}));
  EXPECT_TRUE(Plain());
}

TEST_F(PlainFeedTest, AnAppendIsJudgedByItsHeadsAndKind) {
  const NoteId unheld = NoteAfter(own_, {act::Lift{NoteId{}}}).id;
  EXPECT_EQ(Append(1, charter_.id, own_.id), (Verdict{Status::kAdmitted, StatusReason::kNone}));
  EXPECT_EQ(Append(1, unheld, own_.id), (Verdict{Status::kPending, StatusReason::kHead}));
  EXPECT_EQ(Append(1, own_.id, own_.id), (Verdict{Status::kInvalid, StatusReason::kHead}));
  EXPECT_EQ(Append(1, charter_.id, charter_.id), (Verdict{Status::kInvalid, StatusReason::kHead}));
  EXPECT_EQ(Append(1000, charter_.id, own_.id),
            (Verdict{Status::kPending, StatusReason::kAdmission}));
}

TEST_F(PlainFeedTest, AKeyWithoutTheRoleIsInvalidAndAnUnknownKeyPending) {
  JudgedEntry entry;
  entry.kind = 1;
  entry.charter_head = charter_.id;
  entry.credentials_head = own_.id;
  const FeedKey clerk{charter_.id, PublicNamed("j"), 1}, nobody{charter_.id, PublicNamed("q"), 1};
  EXPECT_EQ(JudgePlainAppend(clerk, own_.id, entry, authority_),
            (Verdict{Status::kInvalid, StatusReason::kRole}));
  EXPECT_EQ(JudgePlainAppend(nobody, own_.id, entry, authority_),
            (Verdict{Status::kPending, StatusReason::kEnrolment}));
}

}  // namespace
}  // namespace entente::ledger
