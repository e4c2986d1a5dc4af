// Who may write what: roles of keys, roles of delegations, and whose name an entry bears.
#include "node/base/error.h"
#include "tests/attacks/attack_world.h"

namespace entente::oracle {
namespace {

constexpr uint32_t kReport = 1, kReview = 1006, kComment = 2000, kUnknownParty = 700,
                   kUnknownSecretariat = 1700;

class Roles : public AttackTest {
 protected:
  const Entries own_ = Write(2, nullptr, "own");
};

// The Secretariat holds its own keys and tries to report in KG's name: with its own credentials it
// has no role that writes reports ...
TEST_F(Roles, TheSecretariatCannotReport) {
  const Entries report =
      Write(1, nullptr, "x", {.key = "desk", .code = "KG", .credentials = &sec()});
  EveryReplicaSays("AAP", own_ + report, RecordsOf(own_), RecordsOf(report));
}

// ... naming KG's credentials as head, its key is none of KG's: it waits for an enrolment ...
TEST_F(Roles, TheSecretariatCannotNameADelegationsCredentialsAsItsOwn) {
  const Entries report = Write(1, nullptr, "x", {.key = "desk", .code = "KG"});
  EveryReplicaSays("AAP", own_ + report, RecordsOf(own_), RecordsOf(report));
}

// ... it writes into KG's feed: that needs KG's key ...
TEST_F(Roles, TheSecretariatCannotContinueADelegationsFeed) {
  const Entries report = Write(1, &own_[1], "x", {.key = "desk", .code = "KG"});
  EveryReplicaSays("AA-", own_ + report, RecordsOf(own_), RecordsOf(report));
}

// ... it writes a note of KG's chain that enrols its key: none of KG's signers signed it ...
TEST_F(Roles, TheSecretariatCannotEnrolItsKeyInADelegation) {
  const Note enrols = KgAfter(kg(), {EnrolOf("desk", {"focal_point"})});
  const Entries report = Write(1, nullptr, "x", {.key = "desk", .code = "KG"});
  EveryReplicaSays("AAP", own_ + report, RecordsOf(own_),
                   RecordsOf(report) + Records{Signed(enrols, {"sec", "desk"})});
}

// ... it admits itself as a party and gives its key the role: now its reports count, as its own.
// KG's slot holds nothing of it.
TEST_F(Roles, WhatTheSecretariatReportsAsAPartyIsItsOwnAndNotTheDelegations) {
  const Note enrols = NoteAfter(sec(), {EnrolOf("both", {"desk_officer", "focal_point"})});
  const Note admits =
      CharterAfter(charter(), {act::Admit{sec().id, "SEC", ledger::DelegationRole::kParty}});
  const Entries report =
      Write(1, nullptr, "x", {.key = "both", .code = "KG", .credentials = &enrols});
  const Records notes = {BySec(enrols), BySec(admits)};
  EveryReplicaSays("AAA", own_ + report, RecordsOf(own_), notes + RecordsOf(report));
  // The payload says KG, the chain says SEC: the record is set aside and KG's views stay as they
  // were but for that.
  auto with = NodeWith(RecordsOf(own_) + notes + RecordsOf(report));
  auto row = with->kv().Get(store::kSetAside, store::SetAsideKey(charter().id, report[0].id));
  ASSERT_TRUE(row.ok());
  EXPECT_TRUE(row->has_value());
}

// A delegation reviews itself: reviews are the Secretariat's, by the charter, whatever roles KG
// gives its own key.
TEST_F(Roles, ADelegationCannotReviewItself) {
  const Note enrols = KgAfter(kg(), {EnrolOf("reviewer", {"desk_officer", "focal_point"})});
  const Entries review =
      Write(1, nullptr, "good", {.key = "reviewer", .credentials = &enrols, .kind = kReview});
  EveryReplicaSays("AAP", own_ + review, RecordsOf(own_),
                   RecordsOf(review) + Records{Signed2(enrols)});
}

// A key without the role writes a kind it may not: that entry is kept as evidence, what follows it
// is judged by itself.
TEST_F(Roles, AKeyWithoutTheRoleIsInvalidForThatEntryOnly) {
  const Entries review =
      Write(1, nullptr, "x", {.key = "desk", .credentials = &sec(), .kind = kReview});
  const Note admits =
      CharterAfter(charter(), {act::Admit{sec().id, "SEC", ledger::DelegationRole::kParty}});
  const Entries report = Write(1, &review[0], "x", {.key = "desk", .credentials = &sec()});
  const Entries after =
      Write(1, &report[0], "x", {.key = "desk", .credentials = &sec(), .kind = kReview});
  EveryReplicaSays("AIA", review + report + after, RecordsOf(review) + Records{BySec(admits)},
                   RecordsOf(report + after));
}

// An observer comments and does not report.
TEST_F(Roles, AnObserverCommentsAndDoesNotReport) {
  const Entries comment = Write(
      1, nullptr, "x", {.key = "obs", .code = "OBS", .credentials = &obs(), .kind = kComment});
  const Entries report =
      Write(1, &comment[0], "x", {.key = "obs", .code = "OBS", .credentials = &obs()});
  EveryReplicaSays("AP", comment + report, {}, RecordsOf(comment + report));
}

// Kinds of a newer version are judged by their range, so old and new nodes agree.
TEST_F(Roles, KindsNobodyKnowsAreJudgedByTheirRange) {
  const Entries party = Write(1, &own_[1], "x", {.kind = kUnknownParty});
  const Entries secretariat = Write(1, &party[0], "x", {.kind = kUnknownSecretariat});
  const Entries neither = Write(1, &secretariat[0], "x", {.kind = 3000});
  EveryReplicaSays("AAAPP", own_ + party + secretariat + neither, RecordsOf(own_),
                   RecordsOf(party + secretariat + neither));
}

// KZ enrols the public key of KG's focal point (its proof of possession is public) and revokes it,
// adopts with it, suspends it: acts touch entries of the delegation whose chain they are in.
TEST_F(Roles, AnotherDelegationThatEnrolsTheSameKeyGainsAndHarmsNothing) {
  const Note taken = NoteAfter(kz(), {EnrolOf("focal", {"focal_point"})});
  const Note acts = NoteAfter(taken, {Revoke("focal", {}), act::Void{own_[0].id, own_[1].id, "x"}});
  EveryReplicaSays(
      "AA", own_, RecordsOf(own_),
      {Signed(taken, {"t1"}), Signed(acts, {"t1"}), Signed(SuspendOf(kz().id, "focal", {}), {"t1"}),
       Signed(SuspendOf(kg().id, "focal", {}), {"t1"})});
}

// A successor that cites KZ's credentials in KG's feed takes it nowhere.
TEST_F(Roles, AFeedDoesNotChangeHands) {
  const Note taken = NoteAfter(kz(), {EnrolOf("focal", {"focal_point"})});
  const Entries moved = Write(2, &own_[1], "x", {.code = "KZ", .credentials = &taken});
  EveryReplicaSays("AAII", own_ + moved, RecordsOf(own_),
                   RecordsOf(moved) + Records{Signed(taken, {"t1"})});
}

// Heads of the wrong kind, or of another chain.
TEST_F(Roles, ACharterNoteIsNoCredentialsHead) {
  const Entries strange = Write(1, nullptr, "x", {.key = "second", .credentials = &charter()});
  const Entries stranger =
      Write(1, nullptr, "x", {.key = "second", .charter = &kz(), .incarnation = 2});
  EveryReplicaSays("AAII", own_ + strange + stranger, RecordsOf(own_),
                   RecordsOf(strange + stranger));
}

TEST_F(Roles, TheNodeSaysWhyItRefuses) {
  auto node = NodeWith({});
  EXPECT_EQ(base::ReasonOf(node->Submit(Write(1, nullptr, "x", {.key = "focal", .kind = kReview}))),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(base::ReasonOf(node->Submit(
                Write(1, nullptr, "x", {.key = "desk", .credentials = &sec(), .kind = kReport}))),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(base::ReasonOf(node->Submit(Write(1, nullptr, "x", {.key = "desk"}))),
            "KEY_NOT_ENROLLED");
}

}  // namespace
}  // namespace entente::oracle
