#include "node/runtime/random.h"

#include <gtest/gtest.h>

#include "node/runtime/system_clock.h"

namespace entente::runtime {
namespace {

TEST(Random, BytesAreAsManyAsAskedAndNotRepeated) {
  EXPECT_EQ(RandomBytes(0), "");
  EXPECT_EQ(RandomBytes(1000).size(), 1000u);
  EXPECT_NE(RandomBytes(32), RandomBytes(32));
}

TEST(Random, UnitStaysBelowOneAndCoversBothHalves) {
  bool is_low_seen = false, is_high_seen = false;
  for (int i = 0; i < 1000; ++i) {
    const double unit = RandomUnit();
    ASSERT_GE(unit, 0.0);
    ASSERT_LT(unit, 1.0);
    (unit < 0.5 ? is_low_seen : is_high_seen) = true;
  }
  EXPECT_TRUE(is_low_seen && is_high_seen);
}

TEST(SystemClock, WallIsAfterThisWasWrittenAndSteadyNeverGoesBack) {
  const SystemClock clock;
  EXPECT_GT(clock.WallMs(), 1767225600000u);  // 2026-01-01
  const uint64_t before = clock.SteadyMs();
  EXPECT_GE(clock.SteadyMs(), before);
}

}  // namespace
}  // namespace entente::runtime
