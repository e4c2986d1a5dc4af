// A contact that keeps to so many bytes, or to a time; and one that only says what would move.
#include <gtest/gtest.h>

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

class LimitedContactTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  LimitedContactTest() {
    Join(one_, two_);
    for (int k = 0; k < kFeeds; ++k) Write(k < 2 ? one_ : two_, k, 300, 300);
  }
  static void Join(FakeHost& a, FakeHost& b) {
    a.Admit(b, AnInstrument());
    b.Admit(a, AnInstrument());
    for (int k = 0; k < kFeeds; ++k) {
      a.Enrol(AnInstrument(), AKey(k));
      b.Enrol(AnInstrument(), AKey(k));
    }
  }
  void Write(FakeHost& host, int k, int count, size_t bytes) {
    FeedWriter feed(AnInstrument(), AKey(k));
    for (int i = 0; i < count; ++i) host.AddEntry(feed.Write(random_, Prose(random_, bytes)));
  }
  Summary Contact(const DialerOptions& options) {
    Loopback link(&one_, &two_, options);
    link.Run();
    EXPECT_TRUE(link.dialer().finished());
    return link.dialer().summary();
  }
  Summary Limited(uint64_t max_bytes) {
    DialerOptions options;
    options.max_bytes = max_bytes;
    return Contact(options);
  }
  uint64_t Held(FakeHost& host, int k) {
    const auto held = host.FrontierOf(AnInstrument());
    const Tips* tips = held->Find({AKey(k), 1});
    return tips == nullptr ? 0 : (*tips)[0].sequence;
  }

  static constexpr int kFeeds = 4;
  Random random_{3};
  FakeHost one_{"one"}, two_{"two"};
};

TEST_P(LimitedContactTest, KeepsToItsBytesAndGoesOnNextTime) {
  uint64_t before = 0;
  for (int contacts = 0; one_.held() != two_.held(); ++contacts) {
    const Summary summary = Limited(GetParam());
    EXPECT_LE(summary.bytes_sent + summary.bytes_received, GetParam());
    ASSERT_TRUE(summary.status.ok()) << summary.status;
    EXPECT_EQ(summary.cut_short, one_.held() != two_.held());
    const uint64_t held = one_.held().size() + two_.held().size();
    ASSERT_GT(held, before) << "contact " << contacts;
    before = held;
  }
  EXPECT_EQ(one_.repeated() + two_.repeated(), 0u);
  EXPECT_FALSE(Limited(GetParam()).cut_short);
}

TEST_P(LimitedContactTest, WhatThePeerAcknowledgedIsKeptUntilTheyAgree) {
  while (Limited(GetParam()).cut_short) {
    for (int k = 0; k < 2; ++k) {
      const auto tip = one_.acknowledged().find({AKey(k), 1});
      EXPECT_EQ(tip == one_.acknowledged().end() ? 0 : tip->second.sequence, Held(two_, k));
    }
    EXPECT_FALSE(one_.acknowledged().contains({AKey(2), 1})) << "it came from there";
  }
  if (GetParam() > 1'000'000) {
    EXPECT_TRUE(one_.acknowledged().empty()) << "an agreement says it all";
  }
}

INSTANTIATE_TEST_SUITE_P(Bytes, LimitedContactTest,
                         ::testing::Values(11'000, 20'000, 50'000, 200'000, 10'000'000));

TEST_F(LimitedContactTest, WhatIsUrgentGoesFirstBothWays) {
  one_.SetDeadline({AKey(1), 1}, 10, 1'000);
  two_.SetDeadline({AKey(3), 1}, 10, 1'000);
  const Summary summary = Limited(30'000);
  EXPECT_TRUE(summary.cut_short);
  EXPECT_GE(Held(two_, 1), 10u);
  EXPECT_GE(Held(one_, 3), 10u);
  EXPECT_GT(summary.entries_to_send, summary.entries_sent);
}

// A focal point with one key, and little of the line.
TEST_F(LimitedContactTest, WhatIsUrgentInAnOnlyFeedGoesBeforeWhatThePeerHas) {
  FakeHost kg("kg"), office("office");
  Join(kg, office);
  Write(kg, 0, 1, 3'000);
  for (int k = 1; k < kFeeds; ++k) Write(office, k, 300, 300);
  kg.SetDeadline({AKey(0), 1}, 1, 1'000);
  DialerOptions options;
  options.max_bytes = 8'000;
  Loopback link(&kg, &office, options);
  link.Run();
  EXPECT_TRUE(link.dialer().summary().cut_short);
  EXPECT_EQ(Held(office, 0), 1u);
}

TEST_F(LimitedContactTest, TooFewBytesMoveNothingAndSayWhatIsLeft) {
  const Summary summary = Limited(1'000);
  EXPECT_TRUE(summary.status.ok());
  EXPECT_TRUE(summary.cut_short);
  EXPECT_EQ(summary.entries_sent + summary.entries_received, 0u);
  EXPECT_EQ(summary.entries_to_send, 600u);
  EXPECT_EQ(summary.entries_to_receive, 600u);
}

TEST_F(LimitedContactTest, AtTheTimeGivenItEndsWell) {
  Loopback link(&one_, &two_, false, 400);
  while (one_.held().size() < 700) ASSERT_TRUE(link.Step());
  link.TimeIsOver();
  link.Run();
  EXPECT_TRUE(link.dialer().finished());
  EXPECT_TRUE(link.dialer().summary().status.ok());
  EXPECT_TRUE(link.dialer().summary().cut_short);
}

TEST_F(LimitedContactTest, APlanMovesNothingAndIsWhatThenMoves) {
  one_.Enrol(AnInstrument(), AKey(7));
  two_.Enrol(AnInstrument(), AKey(8));
  one_.SetDeadline({AKey(0), 1}, 50, 1'000);
  const auto held_here = one_.held(), held_there = two_.held();
  DialerOptions options;
  options.plan = true;
  const Summary plan = Contact(options);
  ASSERT_TRUE(plan.status.ok()) << plan.status;
  EXPECT_EQ(one_.held(), held_here);
  EXPECT_EQ(two_.held(), held_there);
  EXPECT_NE(one_.AuthorityDigest(AnInstrument()), two_.AuthorityDigest(AnInstrument()));
  EXPECT_EQ(plan.entries_sent + plan.entries_received + plan.notes_sent + plan.notes_received, 0u);
  EXPECT_EQ(plan.would_send.at(WireClass::kAuthority).entries, 1u);
  EXPECT_EQ(plan.would_receive.at(WireClass::kAuthority).entries, 1u);
  EXPECT_EQ(plan.would_send.at(WireClass::kDeadline).entries, 50u);
  EXPECT_EQ(plan.would_send.at(WireClass::kEntries).entries, 550u);
  EXPECT_EQ(plan.would_receive.at(WireClass::kEntries).entries, 600u);
  const Summary done = Contact({});
  EXPECT_EQ(done.entries_sent, 600u);
  EXPECT_EQ(done.entries_received, 600u);
  const uint64_t bytes = plan.would_receive.at(WireClass::kEntries).bytes;
  EXPECT_NEAR(static_cast<double>(bytes), static_cast<double>(done.bytes_received),
              0.2 * static_cast<double>(bytes));
}

TEST_F(LimitedContactTest, APlanOfEqualNodesIsEmpty) {
  Contact({});
  DialerOptions options;
  options.plan = true;
  const Summary plan = Contact(options);
  EXPECT_TRUE(plan.would_send.empty());
  EXPECT_TRUE(plan.would_receive.empty());
  EXPECT_EQ(plan.round_trips, 1u);
}

}  // namespace
}  // namespace entente::sync
