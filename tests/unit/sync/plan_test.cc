#include "node/sync/frontier/plan.h"

#include <gtest/gtest.h>

#include "tests/unit/sync/fake_host.h"

namespace entente::sync {
namespace {

using testing::AKey;
using testing::AnInstrument;
using testing::FakeHost;
using testing::FeedWriter;

// One node's copy of a few feeds, and what a peer says it has.
class PlanTest : public ::testing::Test {
 protected:
  PlanTest() {
    for (int k = 0; k < 8; ++k) host_.Enrol(AnInstrument(), AKey(k));
  }
  std::vector<EntryRef> Write(FeedWriter& feed, int count, bool here = true) {
    std::vector<EntryRef> entries;
    for (int i = 0; i < count; ++i) {
      ledger::Entry entry = feed.Write(random_, "x");
      if (here) host_.AddEntry(entry);
      entries.push_back({entry.header.sequence, entry.id});
    }
    return entries;
  }
  static PeerTip Short(int key, const EntryRef& entry) {
    PeerTip tip{{AKey(key), 1}, entry.sequence, {}, kShortIdBytes};
    std::copy_n(entry.id.bytes.begin(), kShortIdBytes, tip.id.bytes.begin());
    return tip;
  }
  IdsAtFn IdsAt() {
    return [this](const FeedRef& feed, uint64_t sequence) {
      return host_.IdsAt(feed.In(AnInstrument()), sequence);
    };
  }
  Plan Made(std::vector<PeerTip> theirs, bool only_theirs = false) {
    auto plan =
        MakePlan(*host_.FrontierOf(AnInstrument()), std::move(theirs), only_theirs, IdsAt());
    EXPECT_TRUE(plan.ok());
    return *plan;
  }

  testing::Random random_{1};
  FakeHost host_{"here"};
  FeedWriter feed_{AnInstrument(), AKey(0)};
};

TEST_F(PlanTest, EqualTipsNeedNothing) {
  auto entries = Write(feed_, 5);
  EXPECT_TRUE(Made({Short(0, entries.back())}).empty());
}

TEST_F(PlanTest, EqualTipsAskTheDiskNothing) {
  auto entries = Write(feed_, 5);
  Made({Short(0, entries.back())});
  EXPECT_EQ(host_.ids_asked(), 0u);
}

TEST_F(PlanTest, AFeedOnlyThePeerHasIsWantedWhole) {
  auto entries = Write(feed_, 5, false);
  Plan plan = Made({Short(0, entries.back())});
  ASSERT_EQ(plan.wants.size(), 1u);
  EXPECT_EQ(plan.wants[0].tip_sequence(), 5u);
  EXPECT_EQ(plan.wants[0].have_size(), 0);
  EXPECT_TRUE(plan.lacks.empty());
}

TEST_F(PlanTest, AFeedThePeerDoesNotNameIsPushedWhole) {
  auto entries = Write(feed_, 5);
  Plan plan = Made({});
  ASSERT_EQ(plan.lacks.size(), 1u);
  EXPECT_EQ(plan.lacks[0].tip, entries.back());
  EXPECT_TRUE(plan.lacks[0].have.empty());
  EXPECT_TRUE(Made({}, true).empty());
}

TEST_F(PlanTest, APeerBehindIsPushedFromWhereItStands) {
  auto entries = Write(feed_, 9);
  Plan plan = Made({Short(0, entries[3])});
  ASSERT_EQ(plan.lacks.size(), 1u);
  EXPECT_EQ(plan.lacks[0].tip, entries.back());
  EXPECT_EQ(plan.lacks[0].have, std::vector<EntryRef>{entries[3]});
  EXPECT_TRUE(plan.wants.empty());
}

TEST_F(PlanTest, APeerAheadIsAskedFromOurTip) {
  auto entries = Write(feed_, 5);
  auto more = Write(feed_, 4, false);
  Plan plan = Made({Short(0, more.back())});
  ASSERT_EQ(plan.wants.size(), 1u);
  ASSERT_EQ(plan.wants[0].have_size(), 1);
  EXPECT_EQ(plan.wants[0].have(0).sequence(), 5u);
  EXPECT_FALSE(plan.wants[0].locator());
  EXPECT_TRUE(plan.lacks.empty());
  EXPECT_EQ(plan.unsettled.size(), 1u);
}

TEST_F(PlanTest, AnotherEntryAtOurSequenceBringsALocator) {
  Write(feed_, 100);
  FeedWriter branch = feed_;
  Write(feed_, 20);
  auto theirs = Write(branch, 10, false);
  Plan plan = Made({Short(0, theirs.back())});
  ASSERT_EQ(plan.wants.size(), 1u);
  EXPECT_TRUE(plan.wants[0].locator());
  EXPECT_LE(plan.wants[0].have_size(), 12);
  EXPECT_EQ(plan.wants[0].have().rbegin()->sequence(), 1u);
}

TEST_F(PlanTest, TheSecondOfTwoBranchesIsPushed) {
  Write(feed_, 3);
  FeedWriter branch = feed_;
  auto left = Write(feed_, 2), right = Write(branch, 4);
  Plan plan = Made({Short(0, left.back())});
  ASSERT_EQ(plan.lacks.size(), 1u);
  EXPECT_EQ(plan.lacks[0].tip, right.back());
  EXPECT_EQ(plan.lacks[0].have, std::vector<EntryRef>{left.back()});
}

// ---- the answering side ----

v1::Want WantOf(const EntryRef& tip, const std::vector<EntryRef>& have) {
  v1::Want want;
  want.set_key(AKey(0).str());
  want.set_incarnation(1);
  want.set_tip_sequence(tip.sequence);
  want.set_tip_id(tip.id.str().substr(0, kShortIdBytes));
  for (const EntryRef& entry : have) {
    v1::Have* one = want.add_have();
    one->set_sequence(entry.sequence);
    one->set_id(entry.id.str().substr(0, 8));
  }
  return want;
}

TEST_F(PlanTest, AWantIsResolvedByItsPrefix) {
  auto entries = Write(feed_, 9);
  auto resolved = ResolveWant(WantOf(entries[8], {entries[3]}), IdsAt());
  ASSERT_TRUE(resolved.ok());
  ASSERT_EQ(resolved->paths.size(), 1u);
  EXPECT_EQ(resolved->paths[0].tip, entries[8]);
  EXPECT_EQ(resolved->paths[0].have, std::vector<EntryRef>{entries[3]});
}

TEST_F(PlanTest, AnUnknownHaveIsUnlinkedUntilALocatorComes) {
  auto entries = Write(feed_, 9);
  FeedWriter other(AnInstrument(), AKey(0));
  auto unknown = Write(other, 4, false);
  v1::Want want = WantOf(entries[8], {unknown[3]});
  auto resolved = ResolveWant(want, IdsAt());
  ASSERT_TRUE(resolved.ok());
  EXPECT_TRUE(resolved->unlinked);
  EXPECT_TRUE(resolved->paths.empty());
  want.set_locator(true);
  resolved = ResolveWant(want, IdsAt());
  EXPECT_FALSE(resolved->unlinked);
  EXPECT_EQ(resolved->paths.size(), 1u);
}

TEST_F(PlanTest, ATipThatIsNotHeldResolvesToNothing) {
  auto unknown = Write(feed_, 4, false);
  auto resolved = ResolveWant(WantOf(unknown[3], {}), IdsAt());
  ASSERT_TRUE(resolved.ok());
  EXPECT_TRUE(resolved->paths.empty());
  EXPECT_FALSE(resolved->unlinked);
}

TEST_F(PlanTest, BrokenWantsAreRefused) {
  auto entries = Write(feed_, 1);
  v1::Want good = WantOf(entries[0], {entries[0]});
  v1::Want no_key = good, bad_incarnation = good, short_tip = good, short_have = good;
  no_key.clear_key();
  bad_incarnation.set_incarnation(9);
  short_tip.set_tip_id("abc");
  short_have.mutable_have(0)->set_id("abc");
  EXPECT_TRUE(ResolveWant(good, IdsAt()).ok());
  for (const v1::Want& bad : {no_key, bad_incarnation, short_tip, short_have}) {
    EXPECT_EQ(ResolveWant(bad, IdsAt()).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace entente::sync
