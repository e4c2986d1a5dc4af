// Leaves named by their places: what comes out is what went in, whatever feeds, forks and holdings;
// what cannot be read is said, and a lie leads to no checkpoint.
#include "node/register/order.h"

#include <cstdio>
#include <random>
#include <set>

#include "tests/unit/register/register_fixture.h"

namespace entente::driver {
namespace {

class OrderTest : public RegisterTest {
 protected:
  void SetUp() override { Keep(*register_); }

  void Grow(const std::vector<Entry>& entries) {
    register_->Ingest(entries);
    Sequence(*register_);
    Sign(*register_);
  }
  v1::RegisterNews NewsFor(Store& to, reg::Naming naming = reg::Naming::kPlaces) {
    auto snapshot = register_->kv().NewSnapshot();
    auto news = reg::MakeNews(*snapshot, instrument(), *HeadOf(*register_),
                              {HeadOf(to)->leaves, HeadOf(to)->final_size, naming});
    EXPECT_TRUE(news.ok()) << news.status();
    return *news;
  }
  absl::StatusOr<reg::Reading> Read(Store& at, v1::RegisterNews& news) {
    auto snapshot = at.kv().NewSnapshot();
    return reg::SpellOut(*snapshot, *HeadOf(at), news);
  }
  // Reads places and takes what comes out, as a node does.
  reg::Reading TakeIn(Store& at, v1::RegisterNews news) {
    auto reading = Read(at, news);
    EXPECT_TRUE(reading.ok()) << reading.status();
    if (*reading != reg::Reading::kWhole) return *reading;
    auto taken = at.replica().TakeRegisterNews(news);
    EXPECT_TRUE(taken.ok()) << taken.status();
    at.Commit();
    return *reading;
  }
  static std::vector<uint64_t> Steps(const v1::RegisterNews& news) {
    return {news.order().begin(), news.order().end()};
  }
  Entry Next(support::Pen& pen) { return plan_.Report(pen, std::to_string(++words_)); }

  int words_ = 0;
};

TEST_F(OrderTest, AFeedInARowTakesOneStepHoweverLong) {
  const std::vector<Entry> entries = Write(500);
  Grow(entries);
  v1::RegisterNews news = NewsFor(*copy_);
  // The first entry of a feed follows none.
  EXPECT_EQ(Steps(news), (std::vector<uint64_t>{0, 1, 1, 499}));
  EXPECT_EQ(news.leaves().size(), 32u);
  EXPECT_EQ(reg::LeavesIn(news), 500u);
  copy_->Ingest(entries);
  EXPECT_EQ(TakeIn(*copy_, news), reg::Reading::kWhole);
  EXPECT_EQ(Leaves(*copy_), Leaves(*register_));
  Grow(Write(3));
  EXPECT_EQ(Steps(NewsFor(*copy_)), (std::vector<uint64_t>{1, 3}));
}

TEST_F(OrderTest, WhatIsNotHeldIsAwaited) {
  std::vector<Entry> entries = Write(10);
  Grow(entries);
  const v1::RegisterNews news = NewsFor(*copy_);
  EXPECT_EQ(TakeIn(*copy_, news), reg::Reading::kLacksEntries);
  copy_->Ingest({entries.begin(), entries.begin() + 9});
  EXPECT_EQ(TakeIn(*copy_, news), reg::Reading::kLacksEntries);
  EXPECT_EQ(HeadOf(*copy_)->leaves, 0u);
  copy_->Ingest({entries.back()});
  EXPECT_EQ(TakeIn(*copy_, news), reg::Reading::kWhole);
  EXPECT_EQ(HeadOf(*copy_)->leaves, 10u);
}

TEST_F(OrderTest, AForkIsSpeltOutAndOneOnlyTheReaderKnowsIsSaid) {
  support::Pen pen = plan_.PenOf(plan_.kg);
  std::vector<Entry> entries = {Next(pen), Next(pen)};
  support::Pen other = pen;
  Grow(entries);
  copy_->Ingest(entries);
  TakeIn(*copy_, NewsFor(*copy_));
  const Entry here = Next(pen), there = Next(other);
  Grow({here});
  copy_->Ingest({here, there});
  v1::RegisterNews news = NewsFor(*copy_);
  EXPECT_EQ(TakeIn(*copy_, news), reg::Reading::kForked);
  // The register comes to know the fork, and names neither branch by its place any more.
  Grow({there, Next(pen)});
  news = NewsFor(*copy_);
  EXPECT_EQ(Steps(news), (std::vector<uint64_t>{0, 3}));
  EXPECT_EQ(TakeIn(*copy_, news), reg::Reading::kWhole);
  EXPECT_EQ(Leaves(*copy_), Leaves(*register_));
}

TEST_F(OrderTest, ALieLeadsToNoCheckpoint) {
  const std::vector<Entry> entries = Write(6);
  Grow(entries);
  copy_->Ingest(entries);
  v1::RegisterNews news = NewsFor(*copy_);
  news.clear_order();
  news.clear_leaves();
  // The same six entries in another order.
  for (const Entry* entry : {&entries[0], &entries[2], &entries[1]}) {
    news.mutable_leaves()->append(entry->id.view().data(), 32);
  }
  for (uint64_t number : {0, 3, 2, 3}) news.add_order(number);
  ASSERT_EQ(*Read(*copy_, news), reg::Reading::kWhole);
  auto taken = copy_->replica().TakeRegisterNews(news);
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(taken->contradicts);
  EXPECT_FALSE(taken->changed);
  copy_->Commit();
  EXPECT_EQ(HeadOf(*copy_)->leaves, 0u);
}

TEST_F(OrderTest, WhatIsNoOrderIsRefused) {
  Grow(Write(3));
  const v1::RegisterNews good = NewsFor(*copy_);
  const std::vector<std::vector<uint64_t>> bad = {
      {0},                      // half a step
      {0, 0},                   // over nothing
      {0, 2, 1, 1},             // more ids than there are
      {0, 1, 2, 2},             // before the first leaf
      {0, 1, 1, 8192},          // over the bound in all
      {0, 1, 1, ~uint64_t{0}},  // that wraps round
      {1, 1, 0, 1},             // nothing stands before the first leaf
      {0, 1, ~uint64_t{0}, 1},  // far before it
  };
  for (const std::vector<uint64_t>& numbers : bad) {
    v1::RegisterNews news = good;
    news.clear_order();
    for (uint64_t number : numbers) news.add_order(number);
    EXPECT_EQ(base::ReasonOf(Read(*copy_, news).status()), "PROOF_MALFORMED")
        << testing::PrintToString(numbers);
  }
  v1::RegisterNews news = good;
  news.mutable_leaves()->push_back('x');
  EXPECT_EQ(base::ReasonOf(Read(*copy_, news).status()), "PROOF_MALFORMED");
  news = good;
  news.set_from(~uint64_t{0});
  EXPECT_EQ(base::ReasonOf(Read(*copy_, news).status()), "PROOF_MALFORMED");
}

// Slow and obvious: an entry can be named by its place when it and the one before it in its feed
// are each alone at their sequence, as far as the namer knows.
std::set<EntryId> NameableOf(const std::vector<Entry>& held) {
  std::map<std::pair<std::string, uint64_t>, int> at;
  for (const Entry& e : held) ++at[{e.feed().Encode(), e.header.sequence}];
  std::set<EntryId> out;
  for (const Entry& e : held) {
    const std::string feed = e.feed().Encode();
    if (e.header.sequence > 1 && at[{feed, e.header.sequence}] == 1 &&
        at[{feed, e.header.sequence - 1}] == 1) {
      out.insert(e.id);
    }
  }
  return out;
}

TEST_F(OrderTest, AnyMixtureOfFeedsComesOutAsItWentIn) {
  const uint64_t seed = testing::UnitTest::GetInstance()->random_seed() + 1;
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  std::vector<support::Pen> pens = {plan_.PenOf(plan_.kg), plan_.PenOf(plan_.kg2)};
  for (uint32_t incarnation = 2; incarnation <= 4; ++incarnation) {
    pens.push_back(plan_.PenOf(plan_.kg));
    pens.back().incarnation = incarnation;
  }
  std::vector<Entry> all, unread;
  for (int round = 0; round < 40; ++round) {
    std::vector<Entry> fresh;
    for (uint64_t left = random() % 30; left > 0; --left) {
      const size_t which = random() % pens.size();
      // Now and then somebody goes on from an older state of his feed.
      if (random() % 40 == 0) pens.push_back(pens[which]);
      for (uint64_t run = random() % 5; run > 0; --run) fresh.push_back(Next(pens[which]));
    }
    Grow(fresh);
    all.insert(all.end(), fresh.begin(), fresh.end());
    unread.insert(unread.end(), fresh.begin(), fresh.end());
    if (random() % 3 == 0) continue;
    // Entries come in their order; news of them may be here before the last ones.
    const auto some = unread.begin() + static_cast<std::ptrdiff_t>(random() % (unread.size() + 1));
    copy_->Ingest({unread.begin(), some});
    unread.erase(unread.begin(), some);
    const v1::RegisterNews spelt = NewsFor(*copy_, reg::Naming::kSpelt);
    v1::RegisterNews news = NewsFor(*copy_);
    const std::set<EntryId> nameable = NameableOf(all);
    size_t named = 0;
    bool held = true;
    for (size_t at = 0; at < spelt.leaves().size(); at += 32) {
      const EntryId id = *EntryId::FromBytes(absl::string_view(spelt.leaves()).substr(at, 32));
      if (!nameable.contains(id)) continue;
      ++named;
      held &= std::none_of(unread.begin(), unread.end(),
                           [&](const Entry& entry) { return entry.id == id; });
    }
    ASSERT_EQ(spelt.leaves().size() - news.leaves().size(), 32 * named);
    const auto reading = Read(*copy_, news);
    ASSERT_TRUE(reading.ok()) << reading.status();
    if (!held) {
      ASSERT_EQ(*reading, reg::Reading::kLacksEntries);
      continue;
    }
    ASSERT_EQ(*reading, reg::Reading::kWhole);
    ASSERT_EQ(news.leaves(), spelt.leaves());
    ASSERT_TRUE(news.order().empty());
    TakeIn(*copy_, news);
    ASSERT_EQ(Leaves(*copy_), Leaves(*register_));
  }
}

}  // namespace
}  // namespace entente::driver
