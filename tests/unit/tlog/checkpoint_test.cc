#include "node/tlog/checkpoint.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "node/base/error.h"
#include "node/ledger/signed_note.h"
#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::tlog {
namespace {

const crypto::Verifier& Real() { return crypto::Ed25519Verifier(); }

std::map<std::string, std::string> GoldenKeys() {
  std::map<std::string, std::string> keys;
  for (absl::string_view line :
       absl::StrSplit(Golden("checkpoint-600.keys.tsv"), '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> row = absl::StrSplit(line, '\t');
    keys.insert(row);
  }
  return keys;
}

class GoldenCheckpoint : public ::testing::Test {
 protected:
  VerifierKey Key(const std::string& name) { return *VerifierKey::Parse(keys_.at(name)); }
  std::map<std::string, std::string> keys_ = GoldenKeys();
  std::string file_ = Golden("checkpoint-600.note");
  SignedCheckpoint parsed_ = ParseSignedCheckpoint(file_).value();
};

TEST_F(GoldenCheckpoint, ReadsAndWritesTheSameBytes) {
  EXPECT_EQ(parsed_.File(), file_);
  EXPECT_EQ(CheckpointText(parsed_.checkpoint), parsed_.text);
  EXPECT_EQ(parsed_.checkpoint.size, 600u);
  EXPECT_EQ(parsed_.checkpoint.root.ToHex(), keys_.at("root 600"));
  EXPECT_EQ(parsed_.checkpoint.origin, Key("log vkey").name);
}

TEST_F(GoldenCheckpoint, LogAndThreeWitnessesVerify) {
  auto signers = VerifySignatures(
      parsed_.text, parsed_.lines,
      {Key("log vkey"), Key("witness a"), Key("witness b"), Key("witness c")}, Real());
  ASSERT_TRUE(signers.ok()) << signers.status();
  ASSERT_EQ(signers->size(), 4u);
  EXPECT_EQ((*signers)[0].time, 0u);
  for (uint64_t i = 1; i < 4; ++i) EXPECT_EQ((*signers)[i].time, 1795349699 + i);
}

TEST_F(GoldenCheckpoint, UnknownLinesAreSkippedAndWrongOnesOfKnownKeysRefused) {
  EXPECT_EQ(VerifySignatures(parsed_.text, parsed_.lines, {Key("witness b")}, Real())->size(), 1u);
  EXPECT_FALSE(VerifySignatures(parsed_.text, parsed_.lines, {}, Real()).ok());
  const std::string other = absl::StrReplaceAll(parsed_.text, {{"600", "601"}});
  auto refused = VerifySignatures(other, parsed_.lines, {Key("log vkey")}, Real());
  EXPECT_EQ(base::ReasonOf(refused.status()), "SIGNATURE_INVALID");
  parsed_.lines[1].signature[3] ^= 1;  // the time is signed too
  EXPECT_FALSE(
      VerifySignatures(parsed_.text, parsed_.lines, {Key("log vkey"), Key("witness a")}, Real())
          .ok());
}

TEST(Checkpoint, SignsAndCosigns) {
  TestKey log("eu-gsc.example/euca-2014", kTypeLog, 5), witness("w.example/kg", kTypeCosigner, 6);
  SignedCheckpoint signed_one = Sign(TestTree::Of(7), 7, log);
  EXPECT_TRUE(
      signed_one.AddLines({Cosign(signed_one.text, 1795349700, witness.name, witness.key)}));
  EXPECT_FALSE(signed_one.AddLines(signed_one.lines));
  auto again = ParseSignedCheckpoint(signed_one.File());
  ASSERT_TRUE(again.ok()) << again.status();
  auto signers = VerifySignatures(again->text, again->lines, {log.name, witness.name}, Real());
  ASSERT_EQ(signers->size(), 2u);
  EXPECT_EQ((*signers)[1].time, 1795349700u);
  EXPECT_EQ(TimeOf(again->lines[1]), 1795349700u);
  // One raw key, two roles: the ids differ, so neither line passes for the other.
  VerifierKey confused = VerifierKey::Named(witness.name.name, kTypeLog, witness.key.public_key());
  EXPECT_FALSE(VerifyNoteLine(again->text, again->lines[1], confused, Real()));
}

TEST(Checkpoint, EarliestTimeOfAWitnessStands) {
  TestKey log("log.example", kTypeLog, 5), witness("w.example", kTypeCosigner, 6);
  SignedCheckpoint one = Sign(TestTree::Of(3), 3, log);
  for (uint64_t time : {30u, 10u, 20u}) {
    one.AddLines({Cosign(one.text, time, witness.name, witness.key)});
  }
  auto signers = VerifySignatures(one.text, one.lines, {witness.name}, Real());
  ASSERT_EQ(signers->size(), 1u);
  EXPECT_EQ((*signers)[0].time, 10u);
}

TEST(Checkpoint, MalformedTextsAreRefused) {
  const std::string root = "yhW226uq3u0wi2DGx+wp1SlivpBp1WTyyfi6HeUzAYM=";
  EXPECT_TRUE(ParseCheckpointText("o\n600\n" + root + "\n").ok());
  EXPECT_TRUE(ParseCheckpointText("o\n600\n" + root + "\nextension\n").ok());
  for (const std::string& text : std::vector<std::string>{
           "", "o\n600\n" + root, "o\n600\n", "\n600\n" + root + "\n", "o\n0600\n" + root + "\n",
           "o\n-1\n" + root + "\n", "o\n18446744073709551616\n" + root + "\n",
           "o\n0\n" + root + "\n", "o\n600\n" + root + "\n\n", "o\n600\n" + root + "\nx\ty\n",
           "o\n600\nyhW226uq3u0wi2DGx+wp1SlivpBp1WTyyfi6HeUzAYM\n", "o\n600\nAAAA\n",
           "o\n6 00\n" + root + "\n", "o\r\n600\n" + root + "\n",
           "o\n600\n" + root + "\n" + std::string(5000, 'x') + "\n"}) {
    auto parsed = ParseCheckpointText(text);
    EXPECT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(base::ReasonOf(parsed.status()), "PROOF_MALFORMED");
  }
}

TEST(Checkpoint, MalformedEnvelopesAreRefused) {
  const std::string file = Golden("checkpoint-600.note");
  EXPECT_FALSE(ParseSignedCheckpoint(file.substr(0, file.size() - 1)).ok());
  EXPECT_FALSE(ParseSignedCheckpoint(file + "no signature line\n").ok());
  EXPECT_FALSE(ParseSignedCheckpoint(file.substr(0, file.find("\n\n") + 2)).ok());
  EXPECT_FALSE(ParseSignedCheckpoint(absl::StrReplaceAll(file, {{"\n\n", "\n"}})).ok());
  std::string many = file;
  TestKey witness("w.example", kTypeCosigner, 6);
  for (uint64_t time = 1; time < 100; ++time) {
    many += ledger::SignatureLineText(Cosign("x", time, witness.name, witness.key));
  }
  EXPECT_FALSE(ParseSignedCheckpoint(many).ok());
}

// Go's own example of a signed note.
TEST(SignedNote, ReadsNotesOfOthers) {
  const std::string file = Golden("peter-neumann.note");
  auto split = ledger::SplitStrictNote(file);
  ASSERT_TRUE(split.ok());
  auto key =
      VerifierKey::Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE(VerifySignatures(split->text, split->lines, {*key}, Real()).ok());
}

// Of three witnesses with a quorum of two, one that lies may make an entry late, never early.
TEST(Checkpoint, ATimeBeyondMillisecondsIsNoEarlyOne) {
  EXPECT_EQ(MillisOf(1'795'349'700), 1'795'349'700'000u);
  const uint64_t last = MillisOf((uint64_t{1} << 63) - 1);
  EXPECT_GT(static_cast<int64_t>(last), int64_t{9'000'000'000'000'000'000});
  // 2^64 / 1000 and somewhat more: overflowing, it would be some time in 1970.
  EXPECT_EQ(MillisOf(18'446'744'073'709'552), last);
}

}  // namespace
}  // namespace entente::tlog
