#include "storage/memory_kv.h"

#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class MemoryKvTest : public ::testing::Test {
 protected:
  void Write(const WriteBatch& batch, Durability durability) {
    const absl::Status status = kv_.Write(batch, durability);
    ASSERT_TRUE(status.ok()) << status;
  }
  void Synced(const std::string& key, const std::string& value) {
    Write(PutOne(0, key, value), Durability::kSynced);
  }
  void Unsynced(const std::string& key, const std::string& value) {
    Write(PutOne(0, key, value), Durability::kUnsynced);
  }
  Rows All() { return ScanAll(kv_, 0, ""); }

  MemoryKv kv_{TestFamilies()};
};

TEST_F(MemoryKvTest, CrashTakesBackEverythingUnsynced) {
  Synced("changed", "before");
  Synced("deleted", "before");
  const uint64_t bytes = kv_.size_bytes();
  Unsynced("changed", "1");
  Unsynced("changed", "2");
  Unsynced("new", "1");
  WriteBatch batch;
  batch.Delete(0, "deleted");
  batch.Merge(1, "merged", "x");
  batch.Merge(1, "merged", "y");
  Write(batch, Durability::kUnsynced);
  EXPECT_EQ(kv_.unsynced_batches(), 4u);

  kv_.Crash();
  EXPECT_THAT(All(), ElementsAre(Pair("changed", "before"), Pair("deleted", "before")));
  EXPECT_TRUE(ScanAll(kv_, 1, "").empty());
  EXPECT_EQ(kv_.size_bytes(), bytes);
  EXPECT_EQ(kv_.last_commit(), 2u);
}

TEST_F(MemoryKvTest, SyncedWriteCarriesEarlierUnsyncedOnes) {
  Unsynced("a", "1");
  Synced("b", "1");
  kv_.Crash();
  EXPECT_THAT(All(), ElementsAre(Pair("a", "1"), Pair("b", "1")));
}

TEST_F(MemoryKvTest, CrashMayKeepTheOldestUnsyncedBatchesWhole) {
  Unsynced("a", "1");
  WriteBatch batch = PutOne(0, "b", "1");
  batch.Put(0, "c", "1");
  Write(batch, Durability::kUnsynced);
  Unsynced("a", "2");
  kv_.Crash(/*kept=*/2);
  EXPECT_THAT(All(), ElementsAre(Pair("a", "1"), Pair("b", "1"), Pair("c", "1")));
  kv_.Crash();  // what survived one crash survives the next
  EXPECT_EQ(All().size(), 3u);
}

TEST_F(MemoryKvTest, FailedWriteClosesTheStoreForWritesUntilRestart) {
  Synced("a", "1");
  kv_.FailNextWrite(absl::UnavailableError("I/O error"));
  EXPECT_TRUE(absl::IsUnavailable(kv_.Write(PutOne(0, "b", "1"), Durability::kSynced)));
  const absl::Status refused = kv_.Write(PutOne(0, "b", "1"), Durability::kSynced);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_EQ(ReasonOf(refused), "STORE_CLOSED");
  EXPECT_THAT(All(), ElementsAre(Pair("a", "1")));
  kv_.Crash();
  Synced("b", "1");
}

TEST_F(MemoryKvTest, FullDiskFailsOneWriteOnly) {
  kv_.FailNextWrite(absl::ResourceExhaustedError("full"));
  EXPECT_TRUE(absl::IsResourceExhausted(kv_.Write(PutOne(0, "a", "1"), Durability::kSynced)));
  EXPECT_TRUE(All().empty());
  Synced("a", "1");
}

TEST_F(MemoryKvTest, SizeCountsKeysAndValues) {
  Synced("key", "value");
  EXPECT_EQ(kv_.size_bytes(), 8u);
  Synced("key", "v");
  EXPECT_EQ(kv_.size_bytes(), 4u);
  WriteBatch batch;
  batch.Delete(0, "key");
  Write(batch, Durability::kSynced);
  EXPECT_EQ(kv_.size_bytes(), 0u);
}

// For the thread sanitizer: snapshots come and go in one thread while the other writes.
TEST_F(MemoryKvTest, ReadersNeverSeeHalfABatch) {
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!stop) {
      auto snapshot = kv_.NewSnapshot();
      if (*snapshot->Get(0, "a") != *snapshot->Get(0, "b")) ++torn;
    }
  });
  for (int i = 0; i < 500; ++i) {
    WriteBatch batch = PutOne(0, "a", std::to_string(i));
    batch.Put(0, "b", std::to_string(i));
    EXPECT_TRUE(kv_.Write(batch, Durability::kSynced).ok());
  }
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

}  // namespace
}  // namespace entente::storage
