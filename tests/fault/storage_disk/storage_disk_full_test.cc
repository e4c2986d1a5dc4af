// A store on a disk that fills up: the write that does not fit is refused and leaves nothing,
// everything acknowledged stays readable, and the store goes on when there is space again.
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/blob_files.h"
#include "storage/local_file.h"
#include "storage/rocksdb_kv.h"
#include "tests/fault/storage_disk/private_mount.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

constexpr int kDiskMiB = 48;
constexpr auto kRecoveryLimit = std::chrono::seconds(60);

class DiskFullTest : public ::testing::Test {
 protected:
  DiskFullTest() {
    EXPECT_TRUE(MountTmpfs(scratch_.path(), kDiskMiB));
    options_.write_buffer_bytes = 4 << 20;
    options_.ballast_bytes = 8 << 20;
    options_.on_health = [this](const HealthEvent& event) {
      std::lock_guard<std::mutex> lock(mutex_);
      recovered_ |= event.reason == "STORE_RECOVERED";
      full_ |= event.reason == "STORE_FULL";
      changed_.notify_all();
    };
  }
  ~DiskFullTest() override {
    kv_.reset();
    // The mount would keep the scratch directory busy.
    std::filesystem::remove_all(options_.dir);
    EXPECT_TRUE(Unmount(scratch_.path()));
  }

  void Open() {
    kv_.reset();
    auto opened = RocksKv::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    kv_ = *std::move(opened);
  }

  // 64 KiB that do not compress, in two families so that half a batch would show.
  WriteBatch Batch(int n) {
    std::string value(32 << 10, '\0');
    for (char& byte : value) byte = static_cast<char>(random_());
    WriteBatch batch = PutOne(0, "a" + std::to_string(n), value);
    batch.Put(2, "b" + std::to_string(n), value);
    return batch;
  }

  // Writes until the disk is full; the status of the write that failed.
  absl::Status FillUp() {
    for (; acknowledged_ < 10'000; ++acknowledged_) {
      const absl::Status status = kv_->Write(Batch(acknowledged_), Durability::kSynced);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  bool WaitForRecovery() {
    std::unique_lock<std::mutex> lock(mutex_);
    return changed_.wait_for(lock, kRecoveryLimit, [this] { return recovered_; });
  }

  void ExpectExactlyTheAcknowledged() {
    EXPECT_EQ(kv_->last_commit(), static_cast<uint64_t>(acknowledged_));
    EXPECT_EQ(ScanAll(*kv_, 0, "").size(), static_cast<size_t>(acknowledged_));
    EXPECT_EQ(ScanAll(*kv_, 2, "").size(), static_cast<size_t>(acknowledged_));
  }

  ScratchDir scratch_;
  RocksOptions options_ = TestOptions(scratch_.Sub("store"));
  std::minstd_rand random_{1};  // one fixed seed: the content only must not compress
  std::unique_ptr<RocksKv> kv_;
  int acknowledged_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool recovered_ = false, full_ = false;
};

TEST_F(DiskFullTest, RefusedWriteLeavesNothingAndTheBallastLetsTheStoreRecover) {
  Open();
  ASSERT_TRUE(Exists(options_.dir + "/BALLAST"));
  const absl::Status status = FillUp();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_EQ(ReasonOf(status), "STORE_FULL");
  EXPECT_FALSE(Exists(options_.dir + "/BALLAST"));
  ExpectExactlyTheAcknowledged();

  ASSERT_TRUE(WaitForRecovery()) << "after " << acknowledged_ << " batches";
  EXPECT_TRUE(full_);
  ASSERT_TRUE(kv_->Write(Batch(acknowledged_), Durability::kSynced).ok());
  ++acknowledged_;
  ExpectExactlyTheAcknowledged();
  Open();
  ExpectExactlyTheAcknowledged();
}

TEST_F(DiskFullTest, GoesOnWhenSomebodyFreesSpace) {
  options_.ballast_bytes = 0;
  const std::string filler = scratch_.Sub("filler");
  WriteFile(filler, std::string(24 << 20, 'x'));
  Open();
  ASSERT_TRUE(absl::IsResourceExhausted(FillUp()));
  std::filesystem::remove(filler);
  ASSERT_TRUE(WaitForRecovery()) << "after " << acknowledged_ << " batches";
  ASSERT_TRUE(kv_->Write(Batch(acknowledged_), Durability::kSynced).ok());
  ++acknowledged_;
  Open();
  ExpectExactlyTheAcknowledged();
}

TEST_F(DiskFullTest, ReopensOnTheFullDisk) {
  options_.ballast_bytes = 0;
  Open();
  ASSERT_TRUE(absl::IsResourceExhausted(FillUp()));
  Open();
  // The batch that failed may have reached the log whole before the failure; never in part.
  const uint64_t commit = kv_->last_commit();
  EXPECT_GE(commit, static_cast<uint64_t>(acknowledged_));
  EXPECT_LE(commit, static_cast<uint64_t>(acknowledged_) + 1);
  EXPECT_EQ(ScanAll(*kv_, 0, "").size(), commit);
  EXPECT_EQ(ScanAll(*kv_, 2, "").size(), commit);
}

// Contents of attachments on a full disk: what was answered is there, and the next write goes on.
TEST(BlobDiskFullTest, WhatWasWrittenStaysAndSpaceLetsItGoOn) {
  ScratchDir scratch;
  ASSERT_TRUE(MountTmpfs(scratch.path(), 4));
  {
    auto files = *BlobFiles::Open(scratch.path() + "/blobs");
    const std::string chunk(64 << 10, 'c');
    uint64_t written = 0;
    absl::Status status;
    for (; written < 100; ++written) {
      status = files->Write("content", {{written * chunk.size(), chunk}});
      if (!status.ok()) break;
    }
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("free some space"));
    ASSERT_GT(written, 10u);
    for (uint64_t i = 0; i < written; ++i) {
      EXPECT_EQ(*files->Read("content", i * chunk.size(), chunk.size()), chunk) << i;
    }
    ASSERT_TRUE(files->Remove("content").ok());
    EXPECT_TRUE(files->Write("content", {{0, chunk}}).ok());
  }
  std::filesystem::remove_all(scratch.path() + "/blobs");
  EXPECT_TRUE(Unmount(scratch.path()));
}

}  // namespace
}  // namespace entente::storage

int main(int argc, char** argv) {
  if (!entente::storage::EnterPrivateMounts()) return entente::storage::NotRun(argv[0]);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
