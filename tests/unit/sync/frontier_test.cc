#include "node/sync/frontier/frontier.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/sync/sync_fixture.h"

namespace entente::sync {
namespace {

// Known answers: the entry of tests/golden, one feed with one tip.
constexpr char kKey[] = "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394";
constexpr char kEntry[] = "2afb25f0ba2ad71a381283a87cd67b9e1281bee3af585ffac4bfe38652c42644";
constexpr char kOneTip[] = "d58daca759179207fdc368e033b05384c81ce20bb1a2fe0807de99ef6568dcb9";
constexpr char kEmpty[] = "80d77cc5798e0c8b48df74f9db4984c84588355e0f17ba443274a537a818d04e";

FeedRef GoldenFeed() { return {*PublicKey::FromHex(kKey), 1}; }
EntryRef GoldenTip() { return {1, *EntryId::FromHex(kEntry)}; }

EntryRef SomeTip(uint64_t sequence, int n) {
  return {sequence, testing::IdFrom<EntryId>("entry " + std::to_string(n))};
}

TEST(FrontierTest, EmptyHasTheKnownDigest) { EXPECT_EQ(Frontier().Digest().ToHex(), kEmpty); }

TEST(FrontierTest, OneTipHasTheKnownDigest) {
  Frontier frontier;
  frontier.Set(GoldenFeed(), {GoldenTip()});
  EXPECT_EQ(frontier.Digest().ToHex(), kOneTip);
}

TEST(FrontierTest, TipBytesAreKeyIncarnationSequenceId) {
  std::string tip;
  AppendTip(tip, GoldenFeed(), GoldenTip());
  EXPECT_EQ(tip.size(), kTipBytes);
  EXPECT_EQ(base::ToHex(tip), std::string(kKey) + "00000001" + "0000000000000001" + kEntry);
}

TEST(FrontierTest, RemovingTheLastFeedGivesTheEmptyDigestBack) {
  Frontier frontier;
  frontier.Set(GoldenFeed(), {GoldenTip()});
  frontier.Digest();
  frontier.Set(GoldenFeed(), {});
  EXPECT_EQ(frontier.Digest().ToHex(), kEmpty);
  EXPECT_EQ(frontier.feed_count(), 0u);
}

TEST(FrontierTest, DigestDoesNotDependOnTheOrderOfCalls) {
  Frontier forward, backward;
  std::vector<std::pair<FeedRef, EntryRef>> all;
  for (int n = 0; n < 600; ++n) {
    all.push_back({{testing::AKey(n % 200), 1u + n / 200}, SomeTip(n + 1, n)});
  }
  for (const auto& [feed, tip] : all) forward.Set(feed, {tip});
  std::reverse(all.begin(), all.end());
  for (const auto& [feed, tip] : all) {
    backward.Set(feed, {SomeTip(9, 9)});  // replaced below, with the digest taken in between
    backward.Digest();
    backward.Set(feed, {tip});
  }
  EXPECT_EQ(forward.Digest(), backward.Digest());
  EXPECT_EQ(forward.feed_count(), 600u);
}

TEST(FrontierTest, TipsOfAForkedFeedAreASet) {
  Frontier one, other;
  one.Set(GoldenFeed(), {SomeTip(3, 1), SomeTip(2, 2)});
  other.Set(GoldenFeed(), {SomeTip(2, 2), SomeTip(3, 1), SomeTip(3, 1)});
  EXPECT_EQ(one.Digest(), other.Digest());
  ASSERT_NE(other.Find(GoldenFeed()), nullptr);
  EXPECT_EQ(other.Find(GoldenFeed())->size(), 2u);
}

TEST(FrontierTest, AnIncarnationIsAnotherFeed) {
  Frontier one, other;
  one.Set(FeedRef{testing::AKey(1), 1}, {SomeTip(1, 1)});
  other.Set(FeedRef{testing::AKey(1), 2}, {SomeTip(1, 1)});
  EXPECT_NE(one.Digest(), other.Digest());
}

TEST(FrontierTest, OneEntryChangesTheDigest) {
  Frontier frontier;
  for (int n = 0; n < 1000; ++n) frontier.Set(FeedRef{testing::AKey(n), 1}, {SomeTip(5, n)});
  base::Digest before = frontier.Digest();
  frontier.Set(FeedRef{testing::AKey(500), 1}, {SomeTip(6, 1001)});
  EXPECT_NE(frontier.Digest(), before);
  frontier.Set(FeedRef{testing::AKey(500), 1}, {SomeTip(5, 500)});
  EXPECT_EQ(frontier.Digest(), before);
}

}  // namespace
}  // namespace entente::sync
