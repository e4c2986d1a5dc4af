#include "storage/ballast.h"

#include "gtest/gtest.h"
#include "storage/local_file.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

constexpr uint64_t kMiB = 1 << 20;

TEST(BallastTest, OccupiesRealSpaceUntilReleased) {
  ScratchDir dir;
  Ballast ballast(dir.path(), kMiB);
  EXPECT_TRUE(ballast.missing());
  ASSERT_TRUE(ballast.Fill(0).ok());
  EXPECT_FALSE(ballast.missing());
  EXPECT_GE(BytesOnDisk(dir.path()), kMiB);
  EXPECT_TRUE(ballast.Release());
  EXPECT_EQ(BytesOnDisk(dir.path()), 0u);
  EXPECT_FALSE(ballast.Release());
}

TEST(BallastTest, AnEarlierOneIsTakenOver) {
  ScratchDir dir;
  ASSERT_TRUE(Ballast(dir.path(), kMiB).Fill(0).ok());
  Ballast again(dir.path(), kMiB);
  ASSERT_TRUE(again.Fill(0).ok());
  EXPECT_TRUE(again.Release());
}

TEST(BallastTest, IsNotTakenFromANearlyFullDisk) {
  ScratchDir dir;
  Ballast ballast(dir.path(), kMiB);
  EXPECT_TRUE(absl::IsResourceExhausted(ballast.Fill(/*spare=*/uint64_t{1} << 60)));
  EXPECT_TRUE(ballast.missing());
  EXPECT_FALSE(Exists(dir.Sub("BALLAST")));
}

TEST(BallastTest, ZeroMeansNoneAndRemovesAnEarlierOne) {
  ScratchDir dir;
  WriteFile(dir.Sub("BALLAST"), "x");
  Ballast none(dir.path(), 0);
  EXPECT_FALSE(Exists(dir.Sub("BALLAST")));
  EXPECT_TRUE(none.Fill(0).ok());
  EXPECT_FALSE(none.missing());
}

}  // namespace
}  // namespace entente::storage
