// Connected nodes: what is new at either end is at the other without anyone asking.
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

class LiveContactTest : public ::testing::Test {
 protected:
  LiveContactTest() {
    one_.Admit(two_, AnInstrument());
    two_.Admit(one_, AnInstrument());
    for (int k = 0; k < 4; ++k) {
      one_.Enrol(AnInstrument(), AKey(k));
      two_.Enrol(AnInstrument(), AKey(k));
    }
  }
  void Write(FakeHost& host, FeedWriter& feed, int count = 1) {
    for (int i = 0; i < count; ++i) host.AddEntry(feed.Write(random_, Prose(random_, 300)));
  }
  void Settle(Loopback& link) {
    link.Arrived();
    link.Run();
  }
  void ExpectSame() {
    EXPECT_EQ(one_.held(), two_.held());
    EXPECT_EQ(one_.AuthorityDigest(AnInstrument()), two_.AuthorityDigest(AnInstrument()));
  }

  Random random_{1};
  FakeHost one_{"one"}, two_{"two"};
  FeedWriter mine_{AnInstrument(), AKey(0)}, theirs_{AnInstrument(), AKey(1)};
};

TEST_F(LiveContactTest, StaysConnectedWhenCaughtUp) {
  Write(two_, theirs_, 10);
  Loopback link(&one_, &two_, true);
  link.Run();
  ExpectSame();
  EXPECT_TRUE(link.dialer().caught_up());
  EXPECT_FALSE(link.dialer().finished());
}

TEST_F(LiveContactTest, EqualNodesGoLiveToo) {
  Loopback link(&one_, &two_, true);
  link.Run();
  EXPECT_EQ(link.log(), (std::vector<std::string>{"Hello", "Pull", "CaughtUp"}));
}

TEST_F(LiveContactTest, NewEntriesArriveFromBothEnds) {
  Loopback link(&one_, &two_, true);
  link.Run();
  for (int round = 0; round < 5; ++round) {
    Write(one_, mine_, 3);
    Write(two_, theirs_, 2);
    Settle(link);
    ExpectSame();
  }
  EXPECT_EQ(one_.held().size(), 25u);
  // What came from a peer is not given back to it.
  EXPECT_EQ(one_.repeated() + two_.repeated(), 0u);
}

TEST_F(LiveContactTest, EntriesWrittenDuringTheCatchUpArrive) {
  Write(two_, theirs_, 200);
  Loopback link(&one_, &two_, true, 400);
  while (one_.held().empty()) ASSERT_TRUE(link.Step());
  Write(one_, mine_, 5);
  Write(two_, theirs_, 5);
  link.Run();
  Settle(link);
  ExpectSame();
}

TEST_F(LiveContactTest, NotesTravelBeforeTheEntriesThatNeedThem) {
  Loopback link(&one_, &two_, true);
  link.Run();
  one_.Enrol(AnInstrument(), AKey(8));
  two_.Enrol(AnInstrument(), AKey(9));
  FeedWriter a(AnInstrument(), AKey(8)), b(AnInstrument(), AKey(9));
  Write(one_, a, 3);
  Write(two_, b, 3);
  Settle(link);
  ExpectSame();
  EXPECT_EQ(one_.held().size(), 6u);
  EXPECT_EQ(one_.aside() + two_.aside(), 0u);
  EXPECT_EQ(link.dialer().summary().entries_aside_here, 0u);
  EXPECT_EQ(link.dialer().summary().entries_aside_there, 0u);
}

TEST_F(LiveContactTest, AThirdNodesEntriesPassThrough) {
  FakeHost three("three");
  three.Admit(two_, AnInstrument());
  two_.Admit(three, AnInstrument());
  for (int k = 0; k < 4; ++k) three.Enrol(AnInstrument(), AKey(k));
  Loopback left(&one_, &two_, true), right(&three, &two_, true);
  left.Run();
  right.Run();
  Write(one_, mine_, 4);
  for (int round = 0; round < 3; ++round) {
    Settle(left);
    Settle(right);
  }
  EXPECT_EQ(one_.held(), three.held());
  EXPECT_EQ(three.held().size(), 4u);
}

TEST_F(LiveContactTest, AccessLostEndsTheLivePull) {
  Loopback link(&one_, &two_, true);
  link.Run();
  two_.Admit(one_, AnInstrument(), Access::kNone);
  Write(two_, theirs_);
  Settle(link);
  EXPECT_TRUE(one_.held().empty());
  EXPECT_TRUE(link.dialer().finished());
  EXPECT_EQ(link.dialer().summary().instruments_failed, 1u);
}

TEST_F(LiveContactTest, NothingIsPushedToAPeerThatWasRemoved) {
  Loopback link(&one_, &two_, true);
  link.Run();
  one_.Admit(two_, AnInstrument(), Access::kAuthority);
  Write(one_, mine_);
  Settle(link);
  EXPECT_TRUE(two_.held().empty());
}

TEST_F(LiveContactTest, SilenceFor24SecondsEndsTheContact) {
  Loopback link(&one_, &two_, true);
  link.Run();
  link.Tick(kSilenceMax - 1'000);
  EXPECT_FALSE(link.dialer().finished());
  link.Tick(2'000);
  EXPECT_TRUE(link.dialer().finished());
  EXPECT_EQ(base::ReasonOf(link.dialer().summary().status), "PEER_UNREACHABLE");
}

TEST_F(LiveContactTest, ASilentHelloEndsTheContactToo) {
  Loopback link(&one_, &two_);
  link.mute = true;
  link.Run();
  link.Tick(kSilenceMax);
  EXPECT_TRUE(link.dialer().finished());
  EXPECT_FALSE(link.dialer().caught_up());
}

TEST_F(LiveContactTest, ABurstTravelsInFewFrames) {
  Loopback link(&one_, &two_, true);
  link.Run();
  Write(two_, theirs_, 300);
  Settle(link);
  ExpectSame();
  EXPECT_GT(link.largest_frame_entries(), 100u);
}

}  // namespace
}  // namespace entente::sync
