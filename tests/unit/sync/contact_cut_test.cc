// A link cut after any step, and what the next contact makes of it. Nothing is kept but what was
// stored.
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

constexpr Millis kSlowStep = 400;  // frames of 16 KiB

// Two nodes with shared history, work on both sides, a fork and notes to exchange.
struct Apart {
  FakeHost one{"one"}, two{"two"};
  explicit Apart(uint64_t seed) {
    Random random(seed);
    one.Admit(two, AnInstrument());
    two.Admit(one, AnInstrument());
    for (int k = 0; k < 4; ++k) {
      FakeHost* knows = k == 2 ? &one : k == 3 ? &two : nullptr;
      if (knows != &two) one.Enrol(AnInstrument(), AKey(k));
      if (knows != &one) two.Enrol(AnInstrument(), AKey(k));
    }
    for (int k = 0; k < 4; ++k) {
      FeedWriter feed(AnInstrument(), AKey(k));
      auto write = [&](FeedWriter& to, uint64_t count, std::vector<FakeHost*> hosts) {
        for (uint64_t i = 0; i < count; ++i) {
          ledger::Entry entry = to.Write(random, Prose(random, 200 + random() % 800));
          for (FakeHost* host : hosts) host->AddEntry(entry);
        }
      };
      if (k < 2) write(feed, random() % 40, {&one, &two});
      FeedWriter branch = feed;
      if (k != 3) write(feed, random() % 90, {&one});
      if (k == 0 || k == 3) write(branch, random() % 90, {&two});
    }
  }
};

void ExpectSame(FakeHost& one, FakeHost& two) {
  ASSERT_EQ(one.held(), two.held());
  ASSERT_EQ(one.FrontierDigest(AnInstrument()), two.FrontierDigest(AnInstrument()));
  ASSERT_EQ(one.AuthorityDigest(AnInstrument()), two.AuthorityDigest(AnInstrument()));
}

size_t StepsOf(Apart apart) {
  Loopback link(&apart.one, &apart.two, false, kSlowStep);
  size_t steps = 0;
  while (link.Step()) ++steps;
  ExpectSame(apart.one, apart.two);
  return steps;
}

class CutTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(CutTest, ACutAfterAnyStepLosesNothing) {
  const Apart start(GetParam());
  const size_t steps = StepsOf(start);
  ASSERT_GT(steps, 8u);
  for (size_t cut = 0; cut < steps; ++cut) {
    SCOPED_TRACE(::testing::Message() << "seed " << GetParam() << " cut after step " << cut);
    Apart apart = start;
    std::set<EntryId> had = apart.one.held();
    had.insert(apart.two.held().begin(), apart.two.held().end());
    size_t largest = 0;
    {
      Loopback link(&apart.one, &apart.two, false, kSlowStep);
      for (size_t step = 0; step < cut; ++step) link.Step();
      largest = link.largest_frame_entries();
      link.dialer().Stop(absl::UnavailableError("cut"), link.now());
    }
    for (const auto& [feed, tip] : apart.one.acknowledged())
      ASSERT_TRUE(apart.two.held().contains(tip.id));
    Loopback link(&apart.one, &apart.two, false, kSlowStep);
    link.Run();
    ASSERT_TRUE(link.dialer().summary().status.ok());
    ExpectSame(apart.one, apart.two);
    ASSERT_EQ(apart.one.held(), had);
    // Pulled frames are stored one by one: a cut repeats at most one, and the overlap of a fork's
    // locator.
    constexpr uint64_t kLocatorOverlap = 128;
    ASSERT_LE(apart.one.repeated(), largest + kLocatorOverlap);
  }
}

TEST_P(CutTest, ACutOfALivePullLosesNothing) {
  const Apart start(GetParam());
  for (size_t cut = 0; cut < StepsOf(start) + 4; cut += 3) {
    SCOPED_TRACE(::testing::Message() << "seed " << GetParam() << " cut after step " << cut);
    Apart apart = start;
    Random random(GetParam() + cut);
    FeedWriter mine(AnInstrument(), AKey(1), 5), theirs(AnInstrument(), AKey(1), 6);
    {
      Loopback link(&apart.one, &apart.two, true, kSlowStep);
      for (size_t step = 0; step < cut; ++step) {
        link.Step();
        if (step % 5 == 0) apart.one.AddEntry(mine.Write(random, "mine"));
        if (step % 7 == 0) apart.two.AddEntry(theirs.Write(random, "theirs"));
        if (step % 3 == 0) link.Arrived();
      }
    }
    Loopback link(&apart.one, &apart.two, false, kSlowStep);
    link.Run();
    ExpectSame(apart.one, apart.two);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CutTest, ::testing::Range<uint64_t>(1, 5));

}  // namespace
}  // namespace entente::sync
