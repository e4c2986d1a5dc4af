#include "node/tlog/witness.h"

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "node/base/error.h"
#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::tlog {
namespace {

class WitnessTest : public ::testing::Test {
 protected:
  AddCheckpoint Request(uint64_t old_size, uint64_t size) const {
    AddCheckpoint out;
    out.old_size = old_size;
    if (old_size > 0) out.proof = *ConsistencyProof(old_size, size, tree_.Source());
    out.checkpoint = Sign(tree_, size, log_);
    return out;
  }
  Cosigned Last(uint64_t size) const {
    return {size, size == 0 ? Digest{} : SlowRoot(tree_.leaves, 0, size)};
  }
  WitnessAnswer Decide(const AddCheckpoint& request, const Cosigned& last) const {
    return DecideWitness(request, {log_.name}, last, crypto::Ed25519Verifier());
  }
  TestTree tree_ = TestTree::Of(40), other_ = TestTree::Of(40, "other");
  TestKey log_{"log.example", kTypeLog, 5}, stranger_{"log.example", kTypeLog, 9};
};

TEST_F(WitnessTest, BodiesReadAndWrite) {
  for (const AddCheckpoint& made : {Request(0, 40), Request(17, 40), Request(32, 33)}) {
    auto read = ParseAddCheckpoint(AddCheckpointText(made));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(AddCheckpointText(*read), AddCheckpointText(made));
    EXPECT_EQ(read->proof, made.proof);
  }
  const std::string good = AddCheckpointText(Request(17, 40));
  for (size_t end = 0; end < good.size(); ++end) {
    ASSERT_FALSE(ParseAddCheckpoint(good.substr(0, end)).ok()) << end;
  }
  EXPECT_FALSE(ParseAddCheckpoint(absl::StrReplaceAll(good, {{"old 17", "old 017"}})).ok());
  std::string many = "old 17\n";
  for (int i = 0; i < 64; ++i) many += "yhW226uq3u0wi2DGx+wp1SlivpBp1WTyyfi6HeUzAYM=\n";
  EXPECT_FALSE(ParseAddCheckpoint(many + "\n" + Request(17, 40).checkpoint.File()).ok());
}

TEST_F(WitnessTest, CosignsWhatExtends) {
  EXPECT_EQ(Decide(Request(0, 40), Last(0)), WitnessAnswer::kCosign);
  EXPECT_EQ(Decide(Request(17, 40), Last(17)), WitnessAnswer::kCosign);
  EXPECT_EQ(Decide(Request(40, 40), Last(40)), WitnessAnswer::kCosign);
}

TEST_F(WitnessTest, TheTableOfTheSpecificationInItsOrder) {
  const AddCheckpoint good = Request(17, 40);
  EXPECT_EQ(DecideWitness(good, {}, Last(17), crypto::Ed25519Verifier()),
            WitnessAnswer::kUnknownOrigin);
  EXPECT_EQ(DecideWitness(good, {stranger_.name}, Last(17), crypto::Ed25519Verifier()),
            WitnessAnswer::kNotSigned);
  AddCheckpoint wrong_line = good;
  wrong_line.checkpoint.lines[0].signature[5] ^= 1;
  EXPECT_EQ(Decide(wrong_line, Last(17)), WitnessAnswer::kNotSigned);
  AddCheckpoint too_large = good;
  too_large.old_size = 41;
  EXPECT_EQ(Decide(too_large, Last(41)), WitnessAnswer::kOldTooLarge);
  EXPECT_EQ(Decide(good, Last(20)), WitnessAnswer::kConflict);
  EXPECT_EQ(Decide(good, Last(0)), WitnessAnswer::kConflict);
  EXPECT_EQ(Decide(good, {17, SlowRoot(other_.leaves, 0, 17)}), WitnessAnswer::kInconsistent);
  EXPECT_EQ(Decide(Request(40, 40), {40, SlowRoot(other_.leaves, 0, 40)}),
            WitnessAnswer::kInconsistent);
  AddCheckpoint first_with_proof = Request(0, 40);
  first_with_proof.proof = good.proof;
  EXPECT_EQ(Decide(first_with_proof, Last(0)), WitnessAnswer::kInconsistent);
  AddCheckpoint no_proof = good;
  no_proof.proof.clear();
  EXPECT_EQ(Decide(no_proof, Last(17)), WitnessAnswer::kInconsistent);
}

TEST_F(WitnessTest, AnswersCarryTheirCodes) {
  const AddCheckpoint request = Request(17, 40);
  auto code = [&](WitnessAnswer answer) { return WitnessStatus(answer, request, Last(20)).code(); };
  EXPECT_EQ(code(WitnessAnswer::kCosign), absl::StatusCode::kOk);
  EXPECT_EQ(code(WitnessAnswer::kUnknownOrigin), absl::StatusCode::kNotFound);
  EXPECT_EQ(code(WitnessAnswer::kNotSigned), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(WitnessAnswer::kOldTooLarge), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(WitnessAnswer::kInconsistent), absl::StatusCode::kDataLoss);
  const absl::Status conflict = WitnessStatus(WitnessAnswer::kConflict, request, Last(20));
  EXPECT_EQ(conflict.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::MetadataOf(conflict)["size"], "20");
}

TEST(Witness, OriginHashIsSha256) {
  EXPECT_EQ(OriginHash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace entente::tlog
