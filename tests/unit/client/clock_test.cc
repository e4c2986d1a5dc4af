#include "client/base/clock.h"

#include <gtest/gtest.h>

namespace entente::client {
namespace {

constexpr uint64_t kNow = 1'800'000'000'000;

TEST(Clock, HlcIsTheWallClockOnAFreshFeed) { EXPECT_EQ(NextHlc(0, kNow, {}), kNow << 16); }

TEST(Clock, HlcGoesOnAboveThePreviousWhenTheClockStandsBehind) {
  const uint64_t ahead = (kNow + 1000) << 16;
  EXPECT_EQ(NextHlc(ahead, kNow, {}), ahead + 1);
}

TEST(Clock, HlcIsAboveWhatItCites) {
  const uint64_t cited = (kNow + 60'000) << 16;
  EXPECT_EQ(NextHlc(0, kNow, {cited}), cited + 1);
}

TEST(Clock, AnEntryDatedFarAheadMovesNobody) {
  const uint64_t year_9999 = 253'402'300'799'000ull << 16;
  EXPECT_EQ(NextHlc(0, kNow, {year_9999}), kNow << 16);
  EXPECT_EQ(NextHlc(0, kNow, {(kNow + 300'001) << 16}), kNow << 16);
  EXPECT_EQ(NextHlc(0, kNow, {(kNow + 300'000) << 16}), ((kNow + 300'000) << 16) + 1);
}

TEST(Clock, UtcTextAndBack) {
  EXPECT_EQ(UtcText(1'795'348'800'000), "2026-11-22T12:00:00Z");
  EXPECT_EQ(ParseUtc("2026-11-22T12:00:00Z"), 1'795'348'800'000u);
  EXPECT_EQ(ParseUtc("2026-11-22"), 1'795'305'600'000u);
  EXPECT_EQ(ParseUtc("yesterday"), 0u);
}

TEST(Clock, AgoIsShort) {
  EXPECT_EQ(Ago(0, kNow), "never");
  EXPECT_EQ(Ago(kNow - 1000, kNow), "just now");
  EXPECT_EQ(Ago(kNow - 3 * 86'400'000ull, kNow), "3 d ago");
}

}  // namespace
}  // namespace entente::client
