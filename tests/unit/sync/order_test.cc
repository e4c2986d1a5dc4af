// What goes first: runs in the order of their classes, against a slow and obvious twin.
#include "node/sync/frame/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/unit/sync/fake_host.h"
#include "tests/unit/sync/loopback.h"

namespace entente::sync {
namespace {

using testing::AKey;
using testing::AnInstrument;
using testing::FakeHost;
using testing::FeedWriter;
using testing::Loopback;
using testing::Prose;
using testing::Random;

constexpr int64_t kNone = std::numeric_limits<int64_t>::max();

class OrderTest : public ::testing::Test {
 protected:
  OrderTest() {
    one_.Admit(two_, AnInstrument());
    two_.Admit(one_, AnInstrument());
    for (int k = 0; k < kFeeds; ++k) {
      one_.Enrol(AnInstrument(), AKey(k));
      two_.Enrol(AnInstrument(), AKey(k));
    }
  }
  static FeedRef Feed(int k) { return {AKey(k), 1}; }
  void Write(int k, int count, size_t bytes = 200) {
    auto writer = writers_.try_emplace(k, AnInstrument(), AKey(k)).first;
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(one_.AddEntry(writer->second.Write(random_, Prose(random_, bytes))));
  }
  // What one_ has and two_ lacks, in the order it would travel: feed and sequence, one by one.
  std::vector<std::pair<FeedRef, uint64_t>> Order() {
    const auto ids_at = [this](const FeedRef& feed, uint64_t sequence) {
      return one_.IdsAt(feed.In(AnInstrument()), sequence);
    };
    std::vector<Path> paths;
    const auto own = one_.FrontierOf(AnInstrument());
    for (const auto& [feed, tips] : own->feeds()) paths.push_back({feed, tips[0], {}});
    auto runs = InOrder(one_, AnInstrument(), std::move(paths), ids_at);
    std::vector<std::pair<FeedRef, uint64_t>> out;
    for (const sync::Run& run : *runs) {
      auto cursor = one_.ReadPath(run.path.feed.In(AnInstrument()), run.path.tip, run.path.have);
      for (auto entry = (*cursor)->Next(); *entry; entry = (*cursor)->Next())
        out.emplace_back(run.path.feed, (*entry)->header.sequence);
    }
    return out;
  }
  // Each entry's key is the earliest deadline of all that need it; entries go by key, then as they
  // stand.
  std::vector<std::pair<FeedRef, uint64_t>> Oracle() {
    struct Place {
      FeedRef feed;
      uint64_t sequence;
      int64_t key;
    };
    std::vector<Place> places;
    const Deadlines due = one_.DeadlinesIn(AnInstrument());
    const auto own = one_.FrontierOf(AnInstrument());
    for (const auto& [feed, tips] : own->feeds()) {
      for (uint64_t sequence = 1; sequence <= tips[0].sequence; ++sequence) {
        int64_t key = kNone;
        for (uint64_t later = sequence; later <= tips[0].sequence; ++later) {
          auto in = due.find(feed);
          if (in == due.end() || !in->second.contains(later)) continue;
          key = std::min(key, in->second.at(later));
        }
        places.push_back({feed, sequence, key});
      }
    }
    std::stable_sort(places.begin(), places.end(),
                     [](const Place& a, const Place& b) { return a.key < b.key; });
    std::vector<std::pair<FeedRef, uint64_t>> out;
    for (const Place& place : places) out.emplace_back(place.feed, place.sequence);
    return out;
  }

  static constexpr int kFeeds = 6;
  Random random_{7};
  FakeHost one_{"one"}, two_{"two"};
  std::map<int, FeedWriter> writers_;
};

TEST_F(OrderTest, AnUrgentEntryTakesThoseBelowItAlong) {
  Write(0, 5);
  Write(1, 5);
  one_.SetDeadline(Feed(1), 3, 1'000);
  const auto order = Order();
  ASSERT_EQ(order.size(), 10u);
  for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ(order[i], std::make_pair(Feed(1), i + 1));
  EXPECT_EQ(order, Oracle());
}

TEST_F(OrderTest, TheEarliestDeadlineGoesFirst) {
  for (int k = 0; k < 3; ++k) Write(k, 4);
  one_.SetDeadline(Feed(0), 4, 3'000);
  one_.SetDeadline(Feed(1), 4, 1'000);
  one_.SetDeadline(Feed(2), 2, 2'000);
  const auto order = Order();
  EXPECT_EQ(order[0].first, Feed(1));
  EXPECT_EQ(order[4].first, Feed(2));
  EXPECT_EQ(order[6].first, Feed(0));
  EXPECT_EQ(order, Oracle());
}

TEST_F(OrderTest, IsThatOfTheOracle) {
  for (int k = 0; k < kFeeds; ++k) Write(k, 30);
  for (int round = 0; round < 200; ++round) {
    one_.ForgetDeadlines();
    for (uint64_t i = random_() % 20; i > 0; --i) {
      one_.SetDeadline(Feed(static_cast<int>(random_() % kFeeds)), 1 + random_() % 30,
                       static_cast<int64_t>(random_() % 8));
    }
    ASSERT_EQ(Order(), Oracle()) << "round " << round;
  }
}

// Over a contact: what the first frames bring is what is urgent, in both directions.
TEST_F(OrderTest, TheFirstFrameOfAPullBringsWhatIsUrgent) {
  for (int k = 0; k < kFeeds; ++k) Write(k, 200);
  one_.SetDeadline(Feed(4), 20, 1'000);
  Loopback link(&two_, &one_, false, 400);
  while (two_.held().empty()) ASSERT_TRUE(link.Step());
  const auto held = two_.FrontierOf(AnInstrument());
  const Tips* urgent = held->Find(Feed(4));
  ASSERT_NE(urgent, nullptr);
  EXPECT_GE((*urgent)[0].sequence, 20u);
  link.Run();
  EXPECT_EQ(one_.held(), two_.held());
}

TEST_F(OrderTest, ALargePayloadWaitsForTheOthers) {
  Write(0, 2);
  Write(0, 1, kLargePayload + 1000);
  Write(0, 2);
  Write(1, 300);
  Loopback link(&one_, &two_, false, 400);
  while (two_.held().size() < 302) ASSERT_TRUE(link.Step());
  const auto held = two_.FrontierOf(AnInstrument());
  const Tips* small = held->Find(Feed(0));
  ASSERT_NE(small, nullptr);
  EXPECT_EQ((*small)[0].sequence, 2u);
  link.Run();
  EXPECT_EQ(one_.held(), two_.held());
  EXPECT_EQ(two_.repeated(), 0u);
}

TEST_F(OrderTest, AnUrgentEntryDoesNotWaitBehindALargePayload) {
  Write(0, 1, kLargePayload + 1000);
  Write(0, 1);
  Write(1, 300);
  one_.SetDeadline(Feed(0), 2, 1'000);
  Loopback link(&one_, &two_, false, 400);
  while (two_.held().empty()) ASSERT_TRUE(link.Step());
  const auto held = two_.FrontierOf(AnInstrument());
  EXPECT_NE(held->Find(Feed(0)), nullptr);
  link.Run();
  EXPECT_EQ(one_.held(), two_.held());
}

}  // namespace
}  // namespace entente::sync
