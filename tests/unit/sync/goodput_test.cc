#include "node/sync/contact/goodput.h"

#include <gtest/gtest.h>

#include "node/sync/frame/frame.h"

namespace entente::sync {
namespace {

TEST(GoodputTest, GuessesFromTheRoundTrip) {
  Goodput goodput;
  goodput.SetRoundTrip(1);
  EXPECT_EQ(goodput.FrameBytes(), kFrameBytesMax);
  goodput.SetRoundTrip(100);
  EXPECT_EQ(goodput.FrameBytes(), 64u << 10);
  goodput.SetRoundTrip(900);
  EXPECT_EQ(goodput.FrameBytes(), kSlowFrameBytes);
}

TEST(GoodputTest, AFrameIsAQuarterOfASecond) {
  Goodput goodput;
  goodput.Measured(400'000, 1'000);
  EXPECT_EQ(goodput.FrameBytes(), 100'000u);
}

TEST(GoodputTest, ASlowLinkGetsSmallFrames) {
  Goodput goodput;
  goodput.Measured(63'000, 1'000);
  EXPECT_LE(goodput.FrameBytes(), kSlowFrameBytes);
  Goodput slowest;
  slowest.Measured(2'500, 1'000);
  EXPECT_EQ(slowest.FrameBytes(), kFrameBytesMin);
}

TEST(GoodputTest, SmallSamplesSayNothing) {
  Goodput goodput;
  goodput.Measured(100, 10'000);
  EXPECT_EQ(goodput.bytes_per_second(), 0);
}

TEST(GoodputTest, FollowsALinkThatBecomesSlow) {
  Goodput goodput;
  goodput.Measured(10'000'000, 1'000);
  for (int n = 0; n < 40; ++n) goodput.Measured(16'000, 1'000);
  EXPECT_LE(goodput.FrameBytes(), kSlowFrameBytes);
}

// A laptop that was in the office, now behind a modem.
TEST(GoodputTest, ARememberedSpeedIsBelievedOnlyAsFarAsTheRoundTripSays) {
  Goodput goodput;
  goodput.Remembered(30'000'000);
  goodput.SetRoundTrip(900);
  EXPECT_EQ(goodput.FrameBytes(), kSlowFrameBytes);
  EXPECT_EQ(goodput.bytes_per_second(), 30'000'000);
  Goodput slow;
  slow.Remembered(2'500);
  slow.SetRoundTrip(1);
  EXPECT_EQ(slow.FrameBytes(), kFrameBytesMin);
}

TEST(GoodputTest, TheFirstSampleReplacesWhatWasRemembered) {
  Goodput goodput;
  goodput.Remembered(30'000'000);
  goodput.Measured(2'500, 1'000);
  EXPECT_EQ(goodput.bytes_per_second(), 2'500);
}

TEST(GoodputTest, ALineThatWasSilentGetsTheSmallestFramesNext) {
  Goodput silent;
  silent.SetRoundTrip(1);
  silent.Silent(37'000);
  Goodput next;
  next.Remembered(silent.bytes_per_second());
  next.SetRoundTrip(1);
  EXPECT_EQ(next.FrameBytes(), kFrameBytesMin);
  Goodput slower;
  slower.Measured(2'000, 100'000);
  slower.Silent(37'000);
  EXPECT_EQ(slower.bytes_per_second(), 20);
}

TEST(GoodputTest, NoTimeAtAllIsNotADivisionByZero) {
  Goodput goodput;
  goodput.Measured(1 << 20, 0);
  EXPECT_EQ(goodput.FrameBytes(), kFrameBytesMax);
}

}  // namespace
}  // namespace entente::sync
