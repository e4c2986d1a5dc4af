// Whole contacts between two nodes in memory: Dialer and answers together.
#include <gtest/gtest.h>

#include "node/base/error.h"
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

constexpr Millis kContactStep = 400;  // a round trip of a bad link: frames of 16 KiB

class ContactTest : public ::testing::Test {
 protected:
  ContactTest() {
    one_.Admit(two_, AnInstrument());
    two_.Admit(one_, AnInstrument());
    for (int k = 0; k < 6; ++k) EnrolAtBoth(AKey(k));
  }
  void EnrolAtBoth(const PublicKey& key) {
    one_.Enrol(AnInstrument(), key);
    two_.Enrol(AnInstrument(), key);
  }
  // `count` entries of one feed, given to the hosts named.
  std::vector<ledger::Entry> Write(FeedWriter& feed, int count, std::vector<FakeHost*> to,
                                   size_t bytes = 300) {
    std::vector<ledger::Entry> entries;
    for (int i = 0; i < count; ++i) {
      entries.push_back(feed.Write(random_, Prose(random_, bytes)));
      for (FakeHost* host : to) host->AddEntry(entries.back());
    }
    return entries;
  }
  Summary Contact(Millis step = 1) {
    Loopback link(&one_, &two_, false, step);
    link.Run();
    EXPECT_TRUE(link.dialer().finished());
    return link.dialer().summary();
  }
  void ExpectSame() {
    EXPECT_EQ(one_.held(), two_.held());
    EXPECT_EQ(one_.FrontierDigest(AnInstrument()), two_.FrontierDigest(AnInstrument()));
    EXPECT_EQ(one_.AuthorityDigest(AnInstrument()), two_.AuthorityDigest(AnInstrument()));
  }

  Random random_{1};
  FakeHost one_{"one"}, two_{"two"};
};

TEST_F(ContactTest, EqualIsOneRoundTripAndAtMost400Bytes) {
  FeedWriter feed(AnInstrument(), AKey(0));
  Write(feed, 500, {&one_, &two_});
  Summary summary = Contact();
  EXPECT_TRUE(summary.status.ok());
  EXPECT_EQ(summary.mode, Mode::kEqual);
  EXPECT_EQ(summary.round_trips, 1u);
  EXPECT_LE(summary.bytes_sent + summary.bytes_received, 400u);
}

TEST_F(ContactTest, EachFurtherEqualInstrumentCostsAtMost130Bytes) {
  Summary first = Contact();
  constexpr int kFurther = 10;
  for (int n = 0; n < kFurther; ++n) {
    auto instrument = testing::IdFrom<InstrumentId>("further " + std::to_string(n));
    one_.Admit(two_, instrument);
    two_.Admit(one_, instrument);
    one_.Enrol(instrument, AKey(1));
    two_.Enrol(instrument, AKey(1));
  }
  Summary all = Contact();
  EXPECT_EQ(all.instruments, 1u + kFurther);
  EXPECT_EQ(all.round_trips, 1u);
  EXPECT_LE(all.bytes_sent + all.bytes_received,
            first.bytes_sent + first.bytes_received + 130u * kFurther);
}

TEST_F(ContactTest, PullsWhatTheOtherHas) {
  FeedWriter feed(AnInstrument(), AKey(0)), other(AnInstrument(), AKey(1));
  Write(feed, 40, {&one_, &two_});
  Write(feed, 100, {&two_});
  Write(other, 30, {&two_});
  Summary summary = Contact();
  ExpectSame();
  EXPECT_EQ(summary.entries_received, 130u);
  EXPECT_EQ(summary.entries_new_here, 130u);
  EXPECT_EQ(summary.entries_sent, 0u);
  EXPECT_EQ(summary.round_trips, 4u);  // Hello, Heads, Pull, Agree
}

TEST_F(ContactTest, PushesWhatTheOtherLacks) {
  FeedWriter feed(AnInstrument(), AKey(0)), other(AnInstrument(), AKey(1));
  Write(feed, 40, {&one_, &two_});
  Write(feed, 100, {&one_});
  Write(other, 30, {&one_});
  Summary summary = Contact();
  ExpectSame();
  EXPECT_EQ(summary.entries_sent, 130u);
  EXPECT_EQ(summary.entries_new_there, 130u);
  EXPECT_EQ(summary.entries_received, 0u);
  EXPECT_EQ(two_.repeated(), 0u);
}

TEST_F(ContactTest, BothWaysAtOnce) {
  for (int k = 0; k < 4; ++k) {
    FeedWriter feed(AnInstrument(), AKey(k));
    Write(feed, 10 * k, {&one_, &two_});
    Write(feed, 25, {k % 2 == 0 ? &one_ : &two_});
  }
  Summary summary = Contact();
  ExpectSame();
  EXPECT_EQ(summary.entries_sent, 50u);
  EXPECT_EQ(summary.entries_received, 50u);
  EXPECT_EQ(one_.repeated() + two_.repeated(), 0u);
}

TEST_F(ContactTest, ALongPushKeepsFourInFlight) {
  FeedWriter feed(AnInstrument(), AKey(0));
  Write(feed, 1000, {&one_}, 700);
  Loopback link(&one_, &two_, false, kContactStep);
  link.Run();
  ExpectSame();
  EXPECT_EQ(static_cast<size_t>(link.most_pushes_in_flight()), kPushesInFlight);
}

TEST_F(ContactTest, BranchesOfAForkGoBothWays) {
  FeedWriter feed(AnInstrument(), AKey(0));
  Write(feed, 200, {&one_, &two_});
  FeedWriter branch = feed;
  Write(feed, 7, {&one_});
  Write(branch, 12, {&two_});
  Summary summary = Contact();
  ExpectSame();
  EXPECT_EQ(summary.feeds_unresolved, 0u);
  EXPECT_LE(one_.repeated() + two_.repeated(), 200u);
  EXPECT_EQ(one_.FrontierOf(AnInstrument())->Find({AKey(0), 1})->size(), 2u);
}

TEST_F(ContactTest, AHiddenForkIsFoundWithALocator) {
  // The other's branch is longer than ours and parts below our tip, which it does not know.
  FeedWriter feed(AnInstrument(), AKey(0));
  Write(feed, 300, {&one_, &two_});
  FeedWriter branch = feed;
  Write(feed, 5, {&one_});
  Write(branch, 90, {&two_});
  Summary summary = Contact();
  ExpectSame();
  EXPECT_EQ(summary.entries_new_here, 90u);
  EXPECT_EQ(summary.entries_new_there, 5u);
  // The locator's spacing doubles: at most as far below the fork as the fork is below our tip.
  EXPECT_LE(summary.entries_received, 90u + 8u);
  EXPECT_EQ(two_.repeated(), 0u);
}

TEST_F(ContactTest, AForkAtTheFirstEntryIsExchangedWhole) {
  FeedWriter mine(AnInstrument(), AKey(0)), theirs(AnInstrument(), AKey(0));
  Write(mine, 20, {&one_});
  Write(theirs, 30, {&two_});
  Contact();
  ExpectSame();
}

TEST_F(ContactTest, ManyBranchesOnBothSides) {
  FeedWriter feed(AnInstrument(), AKey(0));
  Write(feed, 50, {&one_, &two_});
  for (int n = 0; n < 6; ++n) {
    FeedWriter branch = feed;
    Write(branch, 1 + 3 * n, {n % 2 == 0 ? &one_ : &two_});
    Write(feed, 5, {&one_, &two_});
  }
  Contact();
  ExpectSame();
}

TEST_F(ContactTest, AuthorityGoesBothWaysBeforeEntries) {
  one_.Enrol(AnInstrument(), AKey(10));
  two_.Enrol(AnInstrument(), AKey(11));
  FeedWriter mine(AnInstrument(), AKey(10)), theirs(AnInstrument(), AKey(11));
  Write(mine, 20, {&one_});
  Write(theirs, 20, {&two_});
  Summary summary = Contact();
  ExpectSame();
  EXPECT_EQ(one_.held().size(), 40u);
  EXPECT_EQ(summary.notes_new_here, 1u);
  EXPECT_EQ(summary.notes_new_there, 1u);
  EXPECT_EQ(summary.entries_aside_here + summary.entries_aside_there, 0u);
}

TEST_F(ContactTest, ARemovedPartyGetsNotesAndNoEntries) {
  two_.Admit(one_, AnInstrument(), Access::kAuthority);
  two_.AddNote(AnInstrument(), "removes one");
  one_.AddNote(AnInstrument(), "an older note of one");
  FeedWriter feed(AnInstrument(), AKey(0)), other(AnInstrument(), AKey(1));
  Write(feed, 5, {&two_});
  Write(other, 5, {&one_});
  Summary summary = Contact();
  EXPECT_TRUE(summary.status.ok());
  EXPECT_EQ(one_.AuthorityDigest(AnInstrument()), two_.AuthorityDigest(AnInstrument()));
  EXPECT_EQ(summary.entries_received + summary.entries_sent, 0u);
  EXPECT_EQ(one_.held().size(), 5u);
}

TEST_F(ContactTest, AnInstrumentOnlyOneSideSharesIsNotSpokenOf) {
  auto secret = testing::IdFrom<InstrumentId>("secret");
  one_.Admit(two_, secret);
  one_.Enrol(secret, AKey(1));
  Summary summary = Contact();
  EXPECT_TRUE(summary.status.ok());
  EXPECT_EQ(summary.instruments, 1u);
  EXPECT_EQ(two_.Leaves(secret).size(), 0u);
}

TEST_F(ContactTest, AccessLostDuringTheContactEndsOnlyThatInstrument) {
  auto other = testing::IdFrom<InstrumentId>("zz other");
  one_.Admit(two_, other);
  two_.Admit(one_, other);
  one_.Enrol(other, AKey(1));
  two_.Enrol(other, AKey(1));
  FeedWriter feed(AnInstrument(), AKey(0)), second(other, AKey(1));
  Write(feed, 400, {&two_}, 700);
  Write(second, 10, {&two_});
  Loopback link(&one_, &two_, false, kContactStep);
  while (one_.held().empty()) ASSERT_TRUE(link.Step());
  two_.Admit(one_, AnInstrument(), Access::kNone);
  link.Run();
  const Summary& summary = link.dialer().summary();
  EXPECT_TRUE(summary.status.ok()) << summary.status;
  EXPECT_EQ(summary.instruments_failed, 1u);
  EXPECT_EQ(base::ReasonOf(summary.instrument_error), "UNKNOWN_INSTRUMENT");
  EXPECT_LT(one_.held().size(), 410u);
  EXPECT_EQ(one_.FrontierDigest(other), two_.FrontierDigest(other));
}

TEST_F(ContactTest, AFullDiskEndsTheContactAndSaysSo) {
  FeedWriter feed(AnInstrument(), AKey(0));
  Write(feed, 10, {&two_});
  one_.ingest_fails = base::Error(absl::StatusCode::kResourceExhausted, "STORE_FULL", "no space");
  Summary summary = Contact();
  EXPECT_EQ(base::ReasonOf(summary.status), "STORE_FULL");
  EXPECT_TRUE(one_.held().empty());
}

TEST_F(ContactTest, HundredNewEntriesCostAtMost45Kilobytes) {
  FeedWriter feed(AnInstrument(), AKey(0));
  Write(feed, 50, {&one_, &two_});
  Write(feed, 100, {&two_}, 700);
  Summary summary = Contact();
  ExpectSame();
  EXPECT_LE(summary.bytes_sent + summary.bytes_received, 45'000u);
}

TEST_F(ContactTest, TenThousandFeedsWithHundredChangedAreFoundWithin10Kilobytes) {
  std::vector<FeedWriter> feeds;
  for (int k = 0; k < 10'000; ++k) {
    EnrolAtBoth(AKey(k));
    feeds.emplace_back(AnInstrument(), AKey(k));
    Write(feeds.back(), 1, {&one_, &two_}, 20);
  }
  for (int k = 0; k < 100; ++k) Write(feeds[k * 97], 1, {&two_}, 20);
  uint64_t frames = 0;
  Loopback link(&one_, &two_);
  link.Run();
  ExpectSame();
  const Summary& summary = link.dialer().summary();
  // What the entries themselves take, measured as a push of the same frame would be.
  FrameBuilder builder(AnInstrument(), kFrameBytesMax);
  for (int k = 0; k < 100; ++k) {
    FeedKey feed{AnInstrument(), AKey(k * 97), 1};
    auto path =
        two_.ReadPath(feed, {2, two_.IdsAt(feed, 2)->front()}, {{1, two_.IdsAt(feed, 1)->front()}});
    EXPECT_TRUE(builder.Add(**(*path)->Next()));
  }
  frames = builder.Finish().ByteSizeLong();
  EXPECT_EQ(summary.entries_new_here, 100u);
  EXPECT_EQ(summary.mode, Mode::kSketch);
  EXPECT_LE(summary.bytes_discovery, 10'000u);
  std::printf(
      "discovery %llu bytes, with wants %llu\n",
      static_cast<unsigned long long>(summary.bytes_discovery),
      static_cast<unsigned long long>(summary.bytes_sent + summary.bytes_received - frames));
  EXPECT_LE(summary.bytes_sent + summary.bytes_received - frames, 20'000u);
}

}  // namespace
}  // namespace entente::sync
