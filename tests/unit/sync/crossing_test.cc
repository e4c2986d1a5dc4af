// Two nodes that dial each other: one contact moves data, each entry crosses once, and whoever dies
// holds nobody up.
#include "node/sync/contact/crossing.h"

#include <gtest/gtest.h>

#include <memory>

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

TEST(CrossingTest, WhoAsksAloneLeadsUntilItIsThrough) {
  Crossing own(false);
  own.Ask();
  EXPECT_TRUE(own.Lead(false));
  EXPECT_FALSE(own.Grant(false, true));
  EXPECT_FALSE(own.Grant(true, true)) << "insisting is for live contacts";
  own.Over(false);
  EXPECT_TRUE(own.Grant(false, true));
}

TEST(CrossingTest, OfTwoThatAskTheSmallerKeyLeads) {
  Crossing smaller(true), larger(false);
  smaller.Ask();
  larger.Ask();
  EXPECT_FALSE(smaller.Grant(false, true));
  EXPECT_TRUE(larger.Grant(false, true));
  EXPECT_TRUE(smaller.Lead(false));
  EXPECT_FALSE(larger.Lead(false));
}

TEST(CrossingTest, TheSmallerCedesToo_WhileItHasNoConnection) {
  Crossing smaller(true), larger(false);
  smaller.Ask();
  larger.Ask();
  EXPECT_TRUE(smaller.Grant(false, false));
  EXPECT_TRUE(larger.Lead(false));
  EXPECT_FALSE(smaller.Lead(false));
}

TEST(CrossingTest, BesideALiveContactASecondOneMovesDataOnlyIfItInsists) {
  Crossing own(true);
  own.Ask();
  EXPECT_TRUE(own.Lead(false));
  own.Live();
  EXPECT_FALSE(own.Grant(false, true));
  EXPECT_TRUE(own.Grant(true, true));
  own.Ask();
  EXPECT_FALSE(own.Lead(false));
  own.Ask();
  EXPECT_TRUE(own.Lead(true));
  own.Over(false);
  own.Over(true);
  EXPECT_TRUE(own.Grant(false, true));
}

TEST(CrossingTest, WhoYieldedWaitsLongerEachTime) {
  EXPECT_EQ(AfterYield(1), 200);
  EXPECT_EQ(AfterYield(2), 400);
  EXPECT_EQ(AfterYield(100), 10'000);
}

// One of two nodes: its contact, when it has one, and what it knows of who leads.
struct End {
  End(const std::string& name, bool smaller) : host(name), crossing(smaller) {}

  void Dial(End& peer) {
    crossing.Ask();
    link = std::make_unique<Loopback>(&host, &peer.host, false);
    link->ObserveCrossing(&crossing, &peer.crossing);
  }
  void HangUp() {
    link.reset();
    crossing.Over(false);
  }

  FakeHost host;
  Crossing crossing;
  std::unique_ptr<Loopback> link;
};

class CrossingContacts : public ::testing::TestWithParam<int> {
 protected:
  CrossingContacts() {
    one_.host.Admit(two_.host, AnInstrument());
    two_.host.Admit(one_.host, AnInstrument());
    for (int k = 0; k < 6; ++k) {
      one_.host.Enrol(AnInstrument(), AKey(k));
      two_.host.Enrol(AnInstrument(), AKey(k));
    }
    for (int k = 0; k < 6; ++k) {
      FeedWriter feed(AnInstrument(), AKey(k));
      End& end = k % 2 == 0 ? one_ : two_;
      for (int i = 0; i < 60; ++i) end.host.AddEntry(feed.Write(random_, Prose(random_, 300)));
    }
  }
  bool Same() const { return one_.host.held() == two_.host.held(); }

  Random random_{static_cast<uint64_t>(GetParam())};
  End one_{"one", true}, two_{"two", false};
};

// Steps of both contacts in any order; each side dials again whenever it has none.
TEST_P(CrossingContacts, CarryEachEntryOnce) {
  for (int step = 0; step < 4'000; ++step) {
    End& end = random_() % 2 == 0 ? one_ : two_;
    if (!end.link) {
      if (!Same()) end.Dial(&end == &one_ ? two_ : one_);
    } else if (!end.link->Step()) {
      end.HangUp();
    }
  }
  EXPECT_TRUE(Same());
  EXPECT_EQ(one_.host.held().size(), 360u);
  EXPECT_EQ(one_.host.repeated() + two_.host.repeated(), 0u);
}

// Whoever has a contact dies now and then, in the middle of it.
TEST_P(CrossingContacts, HoldNobodyUpWhenOneDies) {
  for (int step = 0; step < 20'000; ++step) {
    End& end = random_() % 2 == 0 ? one_ : two_;
    if (end.link && random_() % 40 == 0) {
      end.HangUp();
    } else if (!end.link) {
      if (!Same()) end.Dial(&end == &one_ ? two_ : one_);
    } else if (!end.link->Step()) {
      end.HangUp();
    }
  }
  EXPECT_TRUE(Same());
}

INSTANTIATE_TEST_SUITE_P(Seeds, CrossingContacts, ::testing::Range(1, 41));

}  // namespace
}  // namespace entente::sync
