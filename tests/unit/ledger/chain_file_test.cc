#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/error.h"
#include "node/ledger/note.h"
#include "tests/unit/ledger/golden.h"

namespace entente::ledger {
namespace {

using testing::HasSubstr;

constexpr char kNodeHex[] = "2222222222222222222222222222222222222222222222222222222222222222";

// Position 1 of a secretariat's credentials that name its node.
Note SecretariatCredentials() {
  Note n;
  n.kind = ChainKind::kCredentials;
  n.time = "2026-11-22T12:00:00Z";
  n.acts.push_back(act::Delegation{"EU-GSC", "General Secretariat"});
  n.acts.push_back(act::Signers{1, {VerifierKey::ForSigner(SecretariatSignerKey().public_key())}});
  n.acts.push_back(act::Node{*Spki::FromHex(kNodeHex), "127.0.0.1:7440"});
  return *BuildNote(n);
}

Invitation Sample() {
  Invitation i;
  i.instrument = *InstrumentId::FromHex(kCharter1Id);
  i.instrument_code = "EUCA-2014";
  i.delegation = *DelegationId::FromHex(kCredentials1Id);
  i.delegation_code = "KG";
  i.nodes.push_back(act::Node{*Spki::FromHex(kNodeHex), "127.0.0.1:7440"});
  i.notes = {GoldenFile("charter-1.note"), GoldenFile("charter-2.note"),
             SecretariatCredentials().File()};
  return i;
}

void ExpectBad(const std::string& text, absl::string_view part) {
  absl::Status status = ParseInvitation(text).status();
  EXPECT_EQ(base::ReasonOf(status), "NOTE_MALFORMED") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(part)));
}

TEST(Invitation, BeginsAsTheGoldenOne) {
  EXPECT_TRUE(absl::StartsWith(InvitationText(Sample()), GoldenFile("invitation-prefix.txt")));
}

TEST(Invitation, IsReadBack) {
  absl::StatusOr<Invitation> again = ParseInvitation(InvitationText(Sample()));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->instrument.ToHex(), kCharter1Id);
  EXPECT_EQ(again->delegation_code, "KG");
  EXPECT_EQ(again->nodes[0].address, "127.0.0.1:7440");
  EXPECT_EQ(again->notes, Sample().notes);
}

TEST(Invitation, ANodeOutsideTheCredentialsIsRefused) {
  Invitation i = Sample();
  i.nodes[0].address = "203.0.113.9:7440";
  ExpectBad(InvitationText(i), "does not stand in the enclosed credentials");
  i = Sample();
  i.nodes.clear();
  ExpectBad(InvitationText(i), "names no node");
}

TEST(Invitation, OtherNotesThanItsOwnAreRefused) {
  Invitation i = Sample();
  i.notes = {GoldenFile("charter-2.note"), SecretariatCredentials().File()};
  ExpectBad(InvitationText(i), "not at position 1");
  i = Sample();
  i.notes.pop_back();
  ExpectBad(InvitationText(i), "does not enclose");
  i = Sample();
  i.notes.push_back(GoldenFile("credentials-1.note"));
  ExpectBad(InvitationText(i), "another chain");
  i = Sample();
  i.instrument = *InstrumentId::FromHex(kCharter2Id);
  ExpectBad(InvitationText(i), "its instrument's charter");
  i = Sample();
  i.instrument_code = "OTHER";
  ExpectBad(InvitationText(i), "says OTHER");
}

TEST(Invitation, ACutOrChangedFileIsRefused) {
  std::string good = InvitationText(Sample());
  ExpectBad(good.substr(0, good.size() / 2), "cut off");
  ExpectBad(good + "note AAAA\n", "the note");
  ExpectBad(good + "more\n", "note");
  ExpectBad("x" + good, "does not begin");
}

TEST(ChainFile, HoldsTheNotesOfOneChainInOrder) {
  std::vector<std::string> notes = {GoldenFile("credentials-1.note"),
                                    GoldenFile("credentials-2.note")};
  std::string text = ChainFileText(notes);
  EXPECT_TRUE(absl::StartsWith(text, "entente/chain/v1\nnote "));
  EXPECT_EQ(*ParseChainFile(text), notes);
}

TEST(ChainFile, AGapAnotherChainOrNothingIsRefused) {
  for (const std::vector<std::string>& notes :
       {std::vector<std::string>{},
        {GoldenFile("credentials-2.note")},
        {GoldenFile("credentials-1.note"), GoldenFile("charter-1.note")},
        {GoldenFile("credentials-2.note"), GoldenFile("credentials-1.note")},
        {"no note"}}) {
    EXPECT_EQ(base::ReasonOf(ParseChainFile(ChainFileText(notes)).status()), "NOTE_MALFORMED");
  }
}

}  // namespace
}  // namespace entente::ledger
