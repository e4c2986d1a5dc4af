#include "storage/store_lock.h"

#include <unistd.h>

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::HasSubstr;

TEST(StoreLockTest, SecondHolderIsToldWhoHasIt) {
  ScratchDir dir;
  auto first = StoreLock::Acquire(dir.path());
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = StoreLock::Acquire(dir.path()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(second)) << second;
  EXPECT_EQ(ReasonOf(second), "STORE_IN_USE");
  EXPECT_THAT(std::string(second.message()),
              HasSubstr("is in use by process " + std::to_string(getpid()) + " (since 20"));
  EXPECT_THAT(std::string(second.message()), HasSubstr("stop that process"));
}

TEST(StoreLockTest, IsFreeAgainAfterRelease) {
  ScratchDir dir;
  std::optional<StoreLock> lock = *StoreLock::Acquire(dir.path());
  lock.reset();
  EXPECT_TRUE(StoreLock::Acquire(dir.path()).ok());
}

TEST(StoreLockTest, TextOfADeadHolderDoesNotLock) {
  ScratchDir dir;
  WriteFile(dir.Sub("LOCK.entente"),
            "process 1 (since 2001-01-01 00:00:00 UTC)\nand a longer rest");
  auto lock = StoreLock::Acquire(dir.path());
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_THAT(ReadFile(dir.Sub("LOCK.entente")), ::testing::EndsWith("UTC)\n"));
}

}  // namespace
}  // namespace entente::storage
