#include "client/exchange/sync_progress.h"

#include <gtest/gtest.h>

namespace entente::client {
namespace {

constexpr uint64_t kNow = 1'800'000'000'000;

// 100 of 1000 entries came in 10 s: 10 kB, 90 s to go.
v1::SyncProgress Tenth() {
  v1::SyncProgress progress;
  progress.set_peer("KG");
  progress.set_seconds(10);
  progress.set_entries_received(100);
  progress.set_entries_to_receive(1000);
  progress.set_bytes_received(10'000);
  return progress;
}

TEST(SyncProgress, SaysHowLongTheRestWillTake) {
  EXPECT_EQ(ProgressText(Tenth(), {}, kNow), "KG: 100 of 1000 in, 0 out, 1.0 kB/s, 90 s left");
}

TEST(SyncProgress, ALimitOfBytesEndsItEarlier) {
  SyncBudget budget;
  budget.max_bytes = 40'000;
  EXPECT_EQ(ProgressText(Tenth(), budget, kNow), "KG: 100 of 1000 in, 0 out, 1.0 kB/s, 30 s left");
  budget.used = 25'000;  // by the peers before
  EXPECT_EQ(ProgressText(Tenth(), budget, kNow), "KG: 100 of 1000 in, 0 out, 1.0 kB/s, 5 s left");
  budget.max_bytes = 1'000'000;
  EXPECT_EQ(ProgressText(Tenth(), budget, kNow), "KG: 100 of 1000 in, 0 out, 1.0 kB/s, 90 s left");
  budget.max_bytes = 20'000;
  EXPECT_EQ(ProgressText(Tenth(), budget, kNow), "KG: 100 of 1000 in, 0 out, 1.0 kB/s, 0 s left");
}

TEST(SyncProgress, SoDoesATimeOfDay) {
  SyncBudget budget;
  budget.until_ms = kNow + 12'000;
  EXPECT_EQ(ProgressText(Tenth(), budget, kNow), "KG: 100 of 1000 in, 0 out, 1.0 kB/s, 12 s left");
  EXPECT_EQ(ProgressText(Tenth(), budget, kNow + 20'000),
            "KG: 100 of 1000 in, 0 out, 1.0 kB/s, 0 s left");
}

}  // namespace
}  // namespace entente::client
