#include "node/tlog/equivocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "node/base/error.h"
#include "tests/support/ledger_fixture.h"
#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::tlog {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<Misbehaviour> Check(const Equivocation& file) {
  return CheckEquivocation(file, crypto::Ed25519Verifier());
}

// Through the file's text, as a reader gets it.
absl::StatusOr<Misbehaviour> CheckText(const Equivocation& file) {
  auto read = ParseEquivocation(EquivocationText(file));
  EXPECT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(EquivocationText(*read), EquivocationText(file));
  return Check(*read);
}

void ExpectNothing(const Equivocation& file, const std::string& why) {
  auto proof = CheckText(file);
  ASSERT_FALSE(proof.ok());
  EXPECT_EQ(base::ReasonOf(proof.status()), "VERIFICATION_FAILED");
  EXPECT_THAT(std::string(proof.status().message()), HasSubstr("does NOT prove misbehaviour"));
  EXPECT_THAT(std::string(proof.status().message()), HasSubstr(why));
}

class LogEquivocation : public ::testing::Test {
 protected:
  Equivocation Make(const SignedCheckpoint& a, const SignedCheckpoint& b) {
    return *MakeLogEquivocation(log_.name, a, b, tree_.Source());
  }
  TestTree tree_ = TestTree::Of(400), other_ = TestTree::Of(400, "rewritten");
  TestKey log_{"log.example", kTypeLog, 5}, stranger_{"log.example", kTypeLog, 9};
};

TEST_F(LogEquivocation, TwoRootsForOneSize) {
  auto proof = CheckText(Make(Sign(tree_, 300, log_), Sign(other_, 300, log_)));
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->type, EquivocationType::kLogSameSize);
  EXPECT_EQ(proof->checkpoints[0].size, 300u);
  ExpectNothing(Make(Sign(tree_, 300, log_), Sign(tree_, 300, log_)), "the same root");
  ExpectNothing(Make(Sign(tree_, 300, log_), Sign(other_, 300, stranger_)), "not signed");
  Equivocation sizes = Make(Sign(tree_, 300, log_), Sign(other_, 301, log_));
  sizes.type = EquivocationType::kLogSameSize;
  sizes.nodes.clear();
  ExpectNothing(sizes, "different sizes");
}

TEST_F(LogEquivocation, ALargerTreeThatLeavesOutASmallerOne) {
  for (uint64_t m : {300u, 256u}) {
    const Equivocation file = Make(Sign(tree_, 400, log_), Sign(other_, m, log_));
    auto proof = CheckText(file);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_EQ(proof->type, EquivocationType::kLogInconsistent);
    EXPECT_LE(file.nodes.size(), 12u);
    ExpectNothing(Make(Sign(tree_, 400, log_), Sign(tree_, m, log_)), "the nodes do not show");
    Equivocation wrong = file;
    wrong.nodes[0].bytes[0] ^= 1;
    ExpectNothing(wrong, "the nodes do not show");
  }
}

TEST_F(LogEquivocation, AStrangersLineDoesNotShieldTheLog) {
  SignedCheckpoint shielded = Sign(other_, 300, log_);
  SignatureLine wrong = shielded.lines[0];
  wrong.signature[9] ^= 1;
  shielded.lines.insert(shielded.lines.begin(), wrong);
  EXPECT_TRUE(CheckText(Make(Sign(tree_, 300, log_), shielded)).ok());
}

TEST_F(LogEquivocation, MalformedFilesAreRefused) {
  const std::string good = EquivocationText(Make(Sign(tree_, 400, log_), Sign(other_, 300, log_)));
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"@v1", "@v2"},           {"type log-inconsistent", "type log-strange"},
      {"vkey ", "key "},        {"node ", "nod "},
      {"checkpoint ", "node "}, {"node ", "leaf "},
      {"node ", "node  "}};
  for (const auto& [from, to] : changes) {
    auto read = ParseEquivocation(absl::StrReplaceAll(good, {{from, to}}));
    EXPECT_EQ(base::ReasonOf(read.status()), "PROOF_MALFORMED") << from << " -> " << to;
  }
  EXPECT_FALSE(ParseEquivocation("").ok());
  EXPECT_FALSE(ParseEquivocation(good.substr(0, good.size() - 1)).ok());
}

class AuthorEquivocation : public ::testing::Test {
 protected:
  AuthorEquivocation() { pen_.key = &key_; }

  ledger::Entry Write(support::Pen& pen, const std::string& words) {
    return pen.Write(base::NoteId{{1}}, base::NoteId{{2}}, 1,
                     support::ReportPayload("KG", "DDR/08", words, {}));
  }
  // The same header with a signature that is none.
  std::string Spoilt(const ledger::Entry& entry) {
    std::string leaf = entry.Leaf();
    leaf.back() ^= 1;
    return leaf;
  }
  Equivocation Fork() {
    Write(pen_, "one");
    support::Pen copy = pen_;
    Equivocation file;
    file.type = EquivocationType::kAuthorFork;
    file.key = key_.public_key();
    file.branches = {{Write(pen_, "two").Leaf()}, {Write(copy, "two, otherwise").Leaf()}};
    return file;
  }
  crypto::PrivateKey key_ = support::KeyFrom("author"), thief_ = support::KeyFrom("thief");
  support::Pen pen_;
};

TEST_F(AuthorEquivocation, TwoEntriesOfOneNumber) {
  Equivocation file = Fork();
  auto proof = CheckText(file);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->entries[0].header.sequence, 2u);
  std::swap(file.branches[0], file.branches[1]);
  EXPECT_TRUE(CheckText(file).ok());
  file.branches[1] = file.branches[0];
  ExpectNothing(file, "it is one entry, twice");
  file.branches.pop_back();
  ExpectNothing(file, "two branches");
}

TEST_F(AuthorEquivocation, ABranchIsAuthenticThroughItsTip) {
  Equivocation file = Fork();
  // Its own signature is spoilt: nothing, until a signed entry follows it.
  auto first = ledger::ParseLeaf(Spoilt(*ledger::ParseLeaf(file.branches[0][0], std::nullopt)),
                                 std::nullopt);
  ASSERT_TRUE(first.ok());
  file.branches[0] = {first->Leaf()};
  ExpectNothing(file, "does not verify");
  pen_.previous = first->id;
  const ledger::Entry next = Write(pen_, "three");
  file.branches[0].push_back(next.Leaf());
  EXPECT_TRUE(CheckText(file).ok());
  file.branches[0].push_back(next.Leaf());
  ExpectNothing(file, "do not follow each other");
}

TEST_F(AuthorEquivocation, DifferentFeedsNumbersOrKeysProveNothing) {
  Equivocation file = Fork();
  support::Pen second = pen_;
  second.incarnation = 2;
  second.sequence = 1;
  file.branches[1] = {Write(second, "two").Leaf()};
  ExpectNothing(file, "different feeds");
  file.branches[1] = {Write(pen_, "three").Leaf()};
  ExpectNothing(file, "different numbers");
  file.key = thief_.public_key();
  ExpectNothing(file, "another key");
}

TEST_F(AuthorEquivocation, AWrongSignatureThatItsAuthorBuiltOn) {
  auto first = ledger::ParseLeaf(Spoilt(Write(pen_, "one")), std::nullopt);
  pen_.previous = first->id;
  Equivocation file;
  file.type = EquivocationType::kAuthorBadSignature;
  file.key = key_.public_key();
  file.branches = {{first->Leaf()}};
  ExpectNothing(file, "does not verify");
  file.branches[0].push_back(Write(pen_, "two").Leaf());
  EXPECT_TRUE(CheckText(file).ok());
  support::Pen honest;
  honest.key = &key_;
  file.branches[0] = {Write(honest, "one").Leaf(), Write(honest, "two").Leaf()};
  ExpectNothing(file, "own signature verifies");
  file.branches[0].resize(1);
  ExpectNothing(file, "one that follows it");
}

TEST(Spki, IsWhatOpensslWrites) {
  const base::PublicKey key = crypto::PrivateKey::FromSeed(std::string(32, 1)).public_key();
  EXPECT_EQ(SpkiDer(key).size(), 44u);
  EXPECT_EQ(KeyOfSpkiDer(SpkiDer(key)), key);
  EXPECT_FALSE(KeyOfSpkiDer(SpkiDer(key) + "x").has_value());
  EXPECT_FALSE(KeyOfSpkiDer(key.view()).has_value());
}

}  // namespace
}  // namespace entente::tlog
