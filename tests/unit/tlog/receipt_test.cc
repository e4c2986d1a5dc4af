#include "node/tlog/receipt.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "node/base/error.h"
#include "node/tlog/policy.h"
#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::tlog {
namespace {

class ReceiptTest : public ::testing::Test {
 protected:
  Receipt Make(uint64_t index, uint64_t size) {
    Receipt receipt;
    receipt.leaf = absl::StrCat("leaf ", index);
    receipt.index = index;
    receipt.proof = *InclusionProof(index, size, tree_.Source());
    receipt.checkpoint = Sign(tree_, size, log_);
    return receipt;
  }
  TestTree tree_ = TestTree::Of(300);
  TestKey log_{"log.example", kTypeLog, 5}, witness_{"w.example", kTypeCosigner, 6};
};

TEST_F(ReceiptTest, ReadsWhatItWroteAndProves) {
  for (uint64_t index : {0u, 7u, 299u}) {
    const Receipt made = Make(index, 300);
    auto read = ParseReceipt(ReceiptText(made));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(ReceiptText(*read), ReceiptText(made));
    EXPECT_EQ(read->LeafHash(), tree_.leaves[index]);
    EXPECT_TRUE(ProofHolds(*read));
    EXPECT_TRUE(
        EvaluateReceipt(Policy::Flat(log_.name, {}, 0), *read, crypto::Ed25519Verifier()).ok());
  }
}

TEST_F(ReceiptTest, ATreeOfOneNeedsNoProof) {
  const Receipt made = Make(0, 1);
  EXPECT_TRUE(made.proof.empty());
  auto read = ParseReceipt(ReceiptText(made));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(ProofHolds(*read));
}

TEST_F(ReceiptTest, AnotherEntryAtThatPlaceIsNotProven) {
  Receipt receipt = Make(7, 300);
  receipt.leaf += "!";
  auto verdict =
      EvaluateReceipt(Policy::Flat(log_.name, {}, 0), receipt, crypto::Ed25519Verifier());
  EXPECT_EQ(base::ReasonOf(verdict.status()), "VERIFICATION_FAILED");
  receipt = Make(7, 300);
  receipt.index = 8;
  EXPECT_FALSE(ProofHolds(receipt));
}

TEST_F(ReceiptTest, IsUpgradedInPlace) {
  Receipt receipt = Make(7, 300);
  const std::string before = ReceiptText(receipt);
  SignedCheckpoint newer = receipt.checkpoint;
  newer.AddLines({Cosign(newer.text, 1795349700, witness_.name, witness_.key)});
  EXPECT_TRUE(*UpgradeReceipt(receipt, newer));
  EXPECT_FALSE(*UpgradeReceipt(receipt, newer));
  EXPECT_EQ(ReceiptText(receipt).substr(0, before.size()), before);
  const Policy policy = Policy::Flat(log_.name, {witness_.name}, 1);
  auto verdict = EvaluateReceipt(policy, receipt, crypto::Ed25519Verifier());
  ASSERT_TRUE(verdict.ok());
  EXPECT_TRUE(verdict->quorum);
  EXPECT_EQ(verdict->quorum_time, 1795349700u);
  EXPECT_FALSE(UpgradeReceipt(receipt, Sign(tree_, 299, log_)).ok());
}

TEST_F(ReceiptTest, MalformedOnesNameTheLine) {
  const std::string good = ReceiptText(Make(7, 300));
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"tlog-proof@v1", "tlog-proof@v2"},
      {"extra ", "extra"},
      {"index 7", "index 07"},
      {"index 7", "index -7"},
      {"index 7\n", ""},
      {"\n\n", "\n"},
      {"index 7\n", "index 7\nAAAA\n"}};
  for (const auto& [from, to] : changes) {
    auto read = ParseReceipt(absl::StrReplaceAll(good, {{from, to}}));
    EXPECT_FALSE(read.ok()) << from;
    EXPECT_EQ(base::ReasonOf(read.status()), "PROOF_MALFORMED") << read.status();
  }
  for (size_t end = 0; end < good.size(); ++end) {
    ASSERT_FALSE(ParseReceipt(good.substr(0, end)).ok()) << end;
  }
  EXPECT_FALSE(ParseReceipt(std::string(kReceiptBytesMax + 1, 'x')).ok());
}

}  // namespace
}  // namespace entente::tlog
