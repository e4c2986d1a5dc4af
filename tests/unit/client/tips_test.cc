#include "client/ledger/tips.h"

#include <gtest/gtest.h>

namespace entente::client {
namespace {

base::EntryId TipId(uint8_t n) {
  base::EntryId id;
  id.bytes[0] = n;
  return id;
}

FeedEntry At(uint64_t sequence, uint8_t id, uint8_t previous, uint64_t hour) {
  return {sequence, TipId(id), TipId(previous), {}, (hour * 3'600'000) << 16};
}

ledger::FeedKey TipFeed(uint8_t key, uint32_t incarnation = 1) {
  ledger::FeedKey feed;
  feed.key.bytes[0] = key;
  feed.incarnation = incarnation;
  return feed;
}

TEST(Tips, WithNoBoundTheTipIsTheHeadKnownNow) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 1), At(2, 2, 1, 2), At(3, 3, 2, 3)}}};
  auto tips = ProposeTips(feeds, {});
  ASSERT_EQ(tips.size(), 1u);
  EXPECT_EQ(tips[0].sequence, 3u);
  EXPECT_EQ(tips[0].entry, TipId(3));
  EXPECT_EQ(tips[0].feed, TipFeed(1).Name());
}

TEST(Tips, SuspectedSinceKeepsWhatIsDatedBefore) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 1), At(2, 2, 1, 2), At(3, 3, 2, 3)}}};
  TipRule rule;
  rule.before_ms = 3 * 3'600'000;
  auto tips = ProposeTips(feeds, rule);
  ASSERT_EQ(tips.size(), 1u);
  EXPECT_EQ(tips[0].sequence, 2u);
}

TEST(Tips, ALaterEntryDatedEarlierDoesNotCountPastOneThatDoesNot) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 1), At(2, 2, 1, 9), At(3, 3, 2, 2)}}};
  TipRule rule;
  rule.before_ms = 5 * 3'600'000;
  auto tips = ProposeTips(feeds, rule);
  ASSERT_EQ(tips.size(), 1u);
  EXPECT_EQ(tips[0].sequence, 1u);
}

TEST(Tips, ThroughNamesTheSequence) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 1), At(2, 2, 1, 2), At(3, 3, 2, 3)}}};
  TipRule rule;
  rule.through_sequence = 1;
  auto tips = ProposeTips(feeds, rule);
  ASSERT_EQ(tips.size(), 1u);
  EXPECT_EQ(tips[0].entry, TipId(1));
}

TEST(Tips, EveryBranchOfAForkGetsATip) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 1), At(2, 2, 1, 2), At(2, 3, 1, 2), At(3, 4, 3, 3)}}};
  auto tips = ProposeTips(feeds, {});
  ASSERT_EQ(tips.size(), 2u);
  EXPECT_EQ(tips[0].entry, TipId(2));
  EXPECT_EQ(tips[1].entry, TipId(4));
}

TEST(Tips, AFeedOfWhichNothingCountsIsNotNamed) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 9)}}, {TipFeed(1, 2), {At(1, 2, 0, 1)}}};
  TipRule rule;
  rule.before_ms = 5 * 3'600'000;
  auto tips = ProposeTips(feeds, rule);
  ASSERT_EQ(tips.size(), 1u);
  EXPECT_EQ(tips[0].feed, TipFeed(1, 2).Name());
}

TEST(Tips, WordsSayHowManyCountAndHowManyDoNot) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 1), At(2, 2, 1, 2), At(3, 3, 2, 3)}}};
  TipRule rule;
  rule.through_sequence = 1;
  std::string words = TipsInWords(feeds, ProposeTips(feeds, rule));
  EXPECT_NE(words.find("1 entry of it known here stays, the last: number 1"), std::string::npos)
      << words;
  EXPECT_NE(words.find("2 known here will be held in quarantine:"), std::string::npos) << words;
}

TEST(Tips, EveryEntryIsOnOneSideAndThoseCutOffAreNamed) {
  Feeds feeds{{TipFeed(1), {At(1, 1, 0, 1), At(2, 2, 1, 2), At(2, 3, 1, 2), At(3, 4, 3, 3)}}};
  const std::vector<ledger::Tip> tips{{TipFeed(1).Name(), 2, TipId(2)}};
  const Sides sides = SidesOf(feeds, tips);
  ASSERT_EQ(sides.stay.size(), 2u);
  ASSERT_EQ(sides.cut.size(), 2u);
  EXPECT_EQ(sides.cut[0].id, TipId(3));
  std::string words = TipsInWords(feeds, tips, 1);
  EXPECT_NE(words.find(TipId(3).Short()), std::string::npos) << words;
  EXPECT_EQ(words.find(TipId(4).Short()), std::string::npos) << words;
  EXPECT_NE(words.find("and 1 more"), std::string::npos) << words;
}

}  // namespace
}  // namespace entente::client
