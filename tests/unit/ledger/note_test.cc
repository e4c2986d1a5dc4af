#include "node/ledger/note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "node/base/error.h"
#include "tests/unit/ledger/golden.h"

namespace entente::ledger {
namespace {

using testing::HasSubstr;

struct Golden {
  const char* file;
  const char* id;
  char signer;  // seed byte
  size_t text_bytes;
};
constexpr Golden kGolden[] = {{"credentials-1.note", kCredentials1Id, '\1', 477},
                              {"charter-1.note", kCharter1Id, '\3', 347},
                              {"charter-2.note", kCharter2Id, '\3', 281},
                              {"credentials-2.note", kCredentials2Id, '\1', 418}};

std::string PossessionOf(const crypto::PrivateKey& key) {
  KeyFile file = *ParseKeyFile(GoldenFile("author.key.pub"));
  EXPECT_EQ(file.key, key.public_key());
  return file.pop;
}

Note Credentials1() {
  Note n;
  n.kind = ChainKind::kCredentials;
  n.time = "2026-11-22T12:00:00Z";
  n.acts.push_back(act::Delegation{"KG", "Kyrgyzstan"});
  n.acts.push_back(act::Signers{1, {VerifierKey::ForSigner(SignerKey().public_key())}});
  n.acts.push_back(act::Enrol{AuthorKey().public_key(),
                              PossessionOf(AuthorKey()),
                              {"desk_officer", "focal_point"},
                              std::nullopt,
                              "Focal point"});
  n.acts.push_back(act::Node{*Spki::FromHex(std::string(64, '1')), "127.0.0.1:7441"});
  return n;
}

Note Charter1() {
  Note n;
  n.time = "2026-11-22T12:05:00Z";
  n.acts.push_back(act::Instrument{"EUCA-2014", "eu-gsc.example/euca-2014",
                                   "EU-Central Asia Action Plan on Drugs 2014-2020"});
  n.acts.push_back(act::Signers{1, {VerifierKey::ForSigner(SecretariatSignerKey().public_key())}});
  n.acts.push_back(
      act::Admit{*DelegationId::FromHex(kSecretariatId), "EU-GSC", DelegationRole::kSecretariat});
  return n;
}

Note Charter2() {
  Note n;
  n.chain = n.previous = NoteId::FromHex(kCharter1Id);
  n.position = 2;
  n.time = "2026-11-22T12:10:00Z";
  n.acts.push_back(
      act::Admit{*DelegationId::FromHex(kCredentials1Id), "KG", DelegationRole::kParty});
  return n;
}

Note Credentials2() {
  Note n;
  n.kind = ChainKind::kCredentials;
  n.chain = n.previous = NoteId::FromHex(kCredentials1Id);
  n.position = 2;
  n.time = "2026-11-23T09:00:00Z";
  Tip tip{*FeedName::FromHex(kFeedName), 1, *EntryId::FromHex(kEntryId)};
  n.acts.push_back(act::Revoke{AuthorKey().public_key(), RevokeReason::kLost, {tip}});
  return n;
}

TEST(Note, TheGoldenNotesAreBuiltAndSignedByteForByte) {
  Note fields[] = {Credentials1(), Charter1(), Charter2(), Credentials2()};
  for (size_t i = 0; i < std::size(kGolden); ++i) {
    const Golden& golden = kGolden[i];
    SCOPED_TRACE(golden.file);
    absl::StatusOr<Note> note = BuildNote(fields[i]);
    ASSERT_TRUE(note.ok()) << note.status();
    note->lines.push_back(SignText(note->text, SeedKey(golden.signer)));
    EXPECT_EQ(note->File(), GoldenFile(golden.file));
    EXPECT_EQ(note->id.ToHex(), golden.id);
    EXPECT_EQ(note->text.size(), golden.text_bytes);
  }
}

TEST(Note, TheGoldenNotesAreReadAndVerify) {
  for (const Golden& golden : kGolden) {
    SCOPED_TRACE(golden.file);
    absl::StatusOr<Note> note = ParseNote(GoldenFile(golden.file));
    ASSERT_TRUE(note.ok()) << note.status();
    EXPECT_EQ(note->id.ToHex(), golden.id);
    EXPECT_EQ(note->File(), GoldenFile(golden.file));
    ASSERT_EQ(note->lines.size(), 1u);
    VerifierKey signer = VerifierKey::ForSigner(SeedKey(golden.signer).public_key());
    EXPECT_TRUE(VerifyLine(note->text, note->lines[0], signer, crypto::Ed25519Verifier()));
    EXPECT_FALSE(VerifyLine(note->text + "x", note->lines[0], signer, crypto::Ed25519Verifier()));
  }
}

TEST(Note, PositionOneIsItsChain) {
  EXPECT_EQ(ParseNote(GoldenFile("charter-1.note"))->chain_id().ToHex(), kCharter1Id);
  EXPECT_EQ(ParseNote(GoldenFile("charter-2.note"))->chain_id().ToHex(), kCharter1Id);
}

TEST(Note, ABrokenRepeatedOrUnknownLineSpoilsNothing) {
  std::string file = GoldenFile("charter-2.note");
  absl::StatusOr<Note> good = ParseNote(file);
  std::string line = file.substr(file.rfind("\xE2\x80\x94"));
  std::string unknown = absl::StrCat("\xE2\x80\x94 other AAAAAAAA\n");
  absl::StatusOr<Note> note = ParseNote(absl::StrCat(
      good->text,
      "\nno dash here\n\xE2\x80\x94 name\n\xE2\x80\x94 name not*base64\n\xE2\x80\x94 a+b ",
      "AAAAAAAA\n\xE2\x80\x94 name AAAA\n", unknown, line, line, "cut off, no line feed"));
  ASSERT_TRUE(note.ok()) << note.status();
  ASSERT_EQ(note->lines.size(), 2u);
  EXPECT_EQ(note->lines[0].name, "other");
  EXPECT_EQ(note->lines[1], good->lines[0]);
  EXPECT_EQ(note->id, good->id);
}

TEST(Note, ALineOfAnotherSignerDoesNotVerifyUnderThisKey) {
  std::string text = "text\n";
  SignatureLine line = SignText(text, SignerKey());
  VerifierKey other = VerifierKey::ForSigner(AuthorKey().public_key());
  EXPECT_FALSE(VerifyLine(text, line, other, crypto::Ed25519Verifier()));
  VerifierKey cosigner = VerifierKey::Named(line.name, 4, SignerKey().public_key());
  line.key_id = cosigner.key_id;
  EXPECT_FALSE(VerifyLine(text, line, cosigner, crypto::Ed25519Verifier()));
}

TEST(VerifierKey, TheTextOfASignerParsesBack) {
  VerifierKey key = VerifierKey::ForSigner(SignerKey().public_key());
  EXPECT_EQ(key.Text(),
            "entente/8a88e3dd7409f195+3aa4cde3+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c");
  EXPECT_EQ(*VerifierKey::Parse(key.Text()), key);
}

// Keys of the C2SP example log and of three cosigners, with "+" inside their base64.
TEST(VerifierKey, ForeignKeysParseBack) {
  for (const char* text :
       {"ledger.example/secretariat/prog-14+00843a8c+ATU0mhZC3pj9t54drw0A1hBZ+PhBfQaAsLOUjPl8fuoH",
        "ledger.example/witness/delegation-a+d807314e+BFJQMloNNCJ2qn1LRQm7ku0Ep+irZV8g/CcV7nYz8+uL",
        "ledger.example/witness/delegation-c+8ee7a5e0+BF2LDIJ/"
        "P4x26VDwCT8MOWc9+PWxZ3PsFVc1m6onkYX+"}) {
    absl::StatusOr<VerifierKey> key = VerifierKey::Parse(text);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->Text(), text);
  }
}

TEST(VerifierKey, AMistypedKeyIsRefused) {
  std::string good = VerifierKey::ForSigner(SignerKey().public_key()).Text();
  for (const std::string& bad :
       {std::string("name"), std::string("name+3aa4cde3"), "x" + good, good + "=",
        absl::StrReplaceAll(good, {{"3aa4cde3", "3AA4CDE3"}}),
        absl::StrReplaceAll(good, {{"+AY", "+AZ"}}), absl::StrReplaceAll(good, {{"+AY", "+BY"}})}) {
    EXPECT_EQ(base::ReasonOf(VerifierKey::Parse(bad).status()), "NOTE_MALFORMED") << bad;
  }
}

TEST(KeyFile, TheGoldenFileIsReproducedAndProvesPossession) {
  std::string possession = PossessionText(AuthorKey().public_key());
  KeyFile file{AuthorKey().public_key(), PossessionOf(AuthorKey())};
  EXPECT_EQ(KeyFileText(file), GoldenFile("author.key.pub"));
  EXPECT_TRUE(absl::StartsWith(GoldenFile("author.key.pub"), possession));
  EXPECT_TRUE(CheckPossession(file.key, file.pop, crypto::Ed25519Verifier()));
  EXPECT_FALSE(CheckPossession(SignerKey().public_key(), file.pop, crypto::Ed25519Verifier()));
}

// The identity point: one signature verifies for every message.
TEST(KeyFile, AnUnacceptableKeyProvesNothing) {
  PublicKey identity;
  identity.bytes[0] = 1;
  std::string pop =
      "7ch21oMf0hBdC0OJyi4oMWZGkokUbizgb67+mLIlSN8FAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
  std::string signature;
  ASSERT_TRUE(absl::Base64Unescape(pop, &signature));
  ASSERT_TRUE(crypto::Ed25519Verifier().Verify(identity, PossessionText(identity), signature));
  EXPECT_FALSE(CheckPossession(identity, pop, crypto::Ed25519Verifier()));
}

TEST(KeyFile, AnythingButThreeWholeLinesIsRefused) {
  std::string good = GoldenFile("author.key.pub");
  for (const std::string& bad :
       {std::string(), good.substr(0, good.size() - 1), good + "\n", good.substr(1),
        absl::StrReplaceAll(good, {{"81397", "81G97"}}), absl::StrReplaceAll(good, {{"==", ""}}),
        absl::StrReplaceAll(good, {{"v1\n", "v1\r\n"}})}) {
    EXPECT_EQ(base::ReasonOf(ParseKeyFile(bad).status()), "NOTE_MALFORMED") << bad;
  }
}

TEST(ActInWords, SaysWhatARevocationDoes) {
  EXPECT_EQ(ActInWords(Credentials2().acts[0]),
            "revokes key 8139770e (lost): counts up to 15d08315#1");
  EXPECT_EQ(ActInWords(act::Revoke{AuthorKey().public_key(), RevokeReason::kCompromised, {}}),
            "revokes key 8139770e (compromised): nothing it signed counts");
}

TEST(ActInWords, SaysWhatEachGoldenActDoes) {
  EXPECT_EQ(ActInWords(Charter1().acts[0]),
            "founds instrument EUCA-2014, \"EU-Central Asia Action Plan on Drugs 2014-2020\", "
            "register eu-gsc.example/euca-2014");
  EXPECT_EQ(ActInWords(Charter2().acts[0]), "admits delegation KG (f69d00df) as party");
  EXPECT_EQ(ActInWords(Credentials1().acts[1]), "sets the signers: any 1 of 8a88e3dd");
  EXPECT_EQ(ActInWords(Credentials1().acts[2]),
            "enrols key 8139770e (Focal point) as desk_officer, focal_point");
}

Suspend SampleSuspend() {
  Suspend s;
  s.chain = *DelegationId::FromHex(kCredentials1Id);
  s.time = "2026-11-24T08:00:00Z";
  s.key = AuthorKey().public_key();
  s.reason = "laptop left on a train";
  s.tips.push_back({*FeedName::FromHex(kFeedName), 1, *EntryId::FromHex(kEntryId)});
  return s;
}

TEST(Suspend, IsBuiltSignedAndReadBack) {
  absl::StatusOr<Suspend> suspend = BuildSuspend(SampleSuspend());
  ASSERT_TRUE(suspend.ok()) << suspend.status();
  EXPECT_EQ(suspend->text,
            absl::StrCat("entente/suspend/v1\nchain ", kCredentials1Id,
                         "\ntime 2026-11-24T08:00:00Z\nsuspend ", AuthorKey().public_key().ToHex(),
                         " laptop left on a train\ntip ", kFeedName, " 1 ", kEntryId, "\n"));
  suspend->lines.push_back(SignText(suspend->text, SignerKey()));
  EXPECT_TRUE(LooksLikeSuspend(suspend->File()));
  absl::StatusOr<Suspend> again = ParseSuspend(suspend->File());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->id, suspend->id);
  EXPECT_EQ(again->tips, suspend->tips);
  EXPECT_EQ(again->lines, suspend->lines);
}

TEST(Suspend, AnActOfAChainDoesNotBelongInIt) {
  std::string file = BuildSuspend(SampleSuspend())->File();
  file.insert(file.size() - 1, absl::StrCat("lift ", kEntryId, "\n"));
  EXPECT_THAT(std::string(ParseSuspend(file).status().message()), HasSubstr("only its tips"));
  EXPECT_FALSE(ParseNote(BuildSuspend(SampleSuspend())->File()).ok());
  EXPECT_FALSE(LooksLikeSuspend(GoldenFile("charter-1.note")));
}

}  // namespace
}  // namespace entente::ledger
