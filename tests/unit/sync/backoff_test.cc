#include "node/sync/contact/backoff.h"

#include <gtest/gtest.h>

namespace entente::sync {
namespace {

constexpr uint64_t kMost = ~uint64_t{0};

TEST(BackoffTest, StaysUnderADoublingLimit) {
  Backoff backoff;
  for (Millis limit = kBackoffFirst; limit < kBackoffMax; limit *= 2) {
    EXPECT_LT(backoff.Next(static_cast<uint64_t>(limit) - 1), limit);
  }
}

TEST(BackoffTest, UsesTheWholeRangeUpTo15Minutes) {
  Backoff backoff;
  for (int n = 0; n < 30; ++n) backoff.Next(0);
  EXPECT_EQ(backoff.Next(kBackoffMax - 1), kBackoffMax - 1);
  EXPECT_LT(backoff.Next(kMost), kBackoffMax);
}

TEST(BackoffTest, NeverDialsAtOnce) { EXPECT_GE(Backoff().Next(0), 100); }

TEST(BackoffTest, ResetBeginsAgain) {
  Backoff backoff;
  for (int n = 0; n < 30; ++n) backoff.Next(kMost);
  backoff.Reset();
  EXPECT_LT(backoff.Next(kMost), kBackoffFirst);
}

}  // namespace
}  // namespace entente::sync
