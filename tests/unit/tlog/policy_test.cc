#include "node/tlog/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::tlog {
namespace {

class PolicyTest : public ::testing::Test {
 protected:
  std::string Text() const {
    return absl::StrCat("# who is believed\nlog ", log_.name.Text(), " https://log.example/\n\n",
                        "witness a ", a_.name.Text(), "\nwitness b ", b_.name.Text(),
                        " https://b/  # a comment\nwitness c ", c_.name.Text(),
                        "\ngroup two 2 a b\ngroup end any two c\nquorum end\n");
  }
  SignedCheckpoint Cosigned(std::vector<std::pair<const TestKey*, uint64_t>> by) const {
    SignedCheckpoint out = Sign(tree_, 9, log_);
    for (auto& [key, time] : by) out.AddLines({Cosign(out.text, time, key->name, key->key)});
    return out;
  }
  PolicyVerdict Evaluate(std::vector<std::pair<const TestKey*, uint64_t>> by) const {
    return EvaluateCheckpoint(*ParsePolicy(Text()), Cosigned(by), crypto::Ed25519Verifier())
        .value();
  }
  TestTree tree_ = TestTree::Of(9);
  TestKey log_{"log.example", kTypeLog, 5}, a_{"w/a", kTypeCosigner, 6},
      b_{"w/b", kTypeCosigner, 7}, c_{"w/c", kTypeCosigner, 8};
};

TEST_F(PolicyTest, ReadsAndWrites) {
  auto policy = ParsePolicy(Text());
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->witnesses.size(), 3u);
  EXPECT_EQ(policy->witnesses[1].url, "https://b/");
  EXPECT_EQ(policy->groups[1].needed, 1u);
  EXPECT_EQ(policy->quorum, "end");
  auto again = ParsePolicy(PolicyText(*policy));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(PolicyText(*again), PolicyText(*policy));
}

TEST_F(PolicyTest, QuorumIsMetWhenTheLastNeededWitnessCosigned) {
  EXPECT_FALSE(Evaluate({}).quorum);
  EXPECT_FALSE(Evaluate({{&a_, 100}}).quorum);
  EXPECT_EQ(Evaluate({{&a_, 100}, {&b_, 50}}).quorum_time, 100u);
  EXPECT_EQ(Evaluate({{&c_, 300}}).quorum_time, 300u);
  const PolicyVerdict all = Evaluate({{&a_, 100}, {&c_, 90}, {&b_, 50}});
  EXPECT_EQ(all.quorum_time, 90u);
  EXPECT_EQ(all.witnesses.size(), 3u);
  EXPECT_EQ(all.witnesses[0].time, 50u);
  EXPECT_EQ(all.log, log_.name);
}

TEST_F(PolicyTest, NoQuorumAskedForIsMet) {
  auto verdict =
      EvaluateCheckpoint(*ParsePolicy(absl::StrCat("log ", log_.name.Text(), "\nquorum none\n")),
                         Cosigned({}), crypto::Ed25519Verifier());
  ASSERT_TRUE(verdict.ok());
  EXPECT_TRUE(verdict->quorum);
  EXPECT_EQ(verdict->quorum_time, 0u);
}

TEST_F(PolicyTest, AnotherLogIsNotBelieved) {
  TestKey stranger("log.example", kTypeLog, 9);
  auto verdict =
      EvaluateCheckpoint(*ParsePolicy(Text()), Sign(tree_, 9, stranger), crypto::Ed25519Verifier());
  EXPECT_EQ(verdict.status().code(), absl::StatusCode::kPermissionDenied);
  // A trusted log, but not the one the origin names.
  SignedCheckpoint lent = Cosigned({});
  lent.text = absl::StrReplaceAll(lent.text, {{"log.example", "other.example"}});
  lent.checkpoint.origin = "other.example";
  lent.lines = {SignCheckpoint(lent.text, log_.name, log_.key)};
  EXPECT_FALSE(EvaluateCheckpoint(*ParsePolicy(Text()), lent, crypto::Ed25519Verifier()).ok());
}

TEST_F(PolicyTest, FlatAsksForAnyOfThem) {
  const Policy policy = Policy::Flat(log_.name, {a_.name, b_.name, c_.name}, 2);
  EXPECT_TRUE(ParsePolicy(PolicyText(policy)).ok());
  auto verdict =
      EvaluateCheckpoint(policy, Cosigned({{&c_, 7}, {&a_, 5}}), crypto::Ed25519Verifier());
  EXPECT_EQ(verdict->quorum_time, 7u);
  EXPECT_FALSE(EvaluateCheckpoint(policy, Cosigned({{&c_, 7}}), crypto::Ed25519Verifier())->quorum);
}

TEST_F(PolicyTest, MistakesNameTheirLine) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"quorum end", "quorum nobody"},
      {"quorum end", "quorum end\nquorum end"},
      {"quorum end\n", ""},
      {"group two 2 a b", "group two 3 a b"},
      {"group two 2 a b", "group two 0 a b"},
      {"group two 2 a b", "group two 2 a a"},
      {"group two 2 a b", "group two 2 a z"},
      {"any two c", "any two a"},
      {"witness c", "witness a"},
      {"log ", "lgo "},
      {"witness a", "witness none"},
      {"group two 2", "group two some"},
      {a_.name.Text(), log_.name.Text()},
      {b_.name.Text(), a_.name.Text()},
      {"witness b ", "witness b x+y "}};
  for (const auto& [from, to] : changes) {
    auto policy = ParsePolicy(absl::StrReplaceAll(Text(), {{from, to}}));
    EXPECT_FALSE(policy.ok()) << from << " -> " << to;
    EXPECT_THAT(std::string(policy.status().message()), ::testing::HasSubstr("policy"));
  }
}

}  // namespace
}  // namespace entente::tlog
