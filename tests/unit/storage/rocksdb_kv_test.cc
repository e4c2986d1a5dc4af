// RocksKv as a whole: what Open makes, refuses and reports beside the contract suite.
#include "storage/rocksdb_kv.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/local_file.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::HasSubstr;

class RocksKvTest : public ::testing::Test {
 protected:
  absl::Status OpenStatus(const RocksOptions& options) { return RocksKv::Open(options).status(); }
  ScratchDir scratch_;
  RocksOptions options_ = TestOptions(scratch_.Sub("store"));
};

TEST_F(RocksKvTest, NewStoreIsPrivateAndComplete) {
  ASSERT_TRUE(OpenStatus(options_).ok());
  struct stat info;
  ASSERT_EQ(stat(options_.dir.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, mode_t{0700});
  for (const char* name : {"FORMAT", "HEAD", "LOCK.entente", "db/CURRENT"}) {
    EXPECT_TRUE(Exists(options_.dir + "/" + name)) << name;
  }
  EXPECT_FALSE(Exists(options_.dir + "/CREATING"));
  EXPECT_FALSE(Exists(options_.dir + "/db/LOG"));
}

TEST_F(RocksKvTest, OfManyOperandsNoneIsLookedAtForEachOther) {
  std::atomic<uint64_t> bytes{0};
  options_.families[1].merge = [&](const std::string* existing, absl::string_view operand) {
    bytes += (existing ? existing->size() : 0) + operand.size();
    return (existing ? *existing : std::string()) + std::string(operand);
  };
  auto kv = RocksKv::Open(options_);
  ASSERT_TRUE(kv.ok()) << kv.status();
  std::string all = "first";
  WriteBatch batch;
  batch.Put(1, "k", all);
  for (int i = 0; i < 4000; ++i) {
    const std::string operand = absl::StrCat("<", i, ">");
    batch.Merge(1, "k", operand);
    all += operand;
  }
  ASSERT_TRUE((*kv)->Write(batch, Durability::kSynced).ok());
  EXPECT_EQ((*kv)->Get(1, "k")->value(), all);
  EXPECT_LT(bytes, 20 * all.size());
}

TEST_F(RocksKvTest, SecondOpeningIsRefusedWhileTheFirstLives) {
  auto first = RocksKv::Open(options_);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(ReasonOf(OpenStatus(options_)), "STORE_IN_USE");
  first->reset();
  EXPECT_TRUE(OpenStatus(options_).ok());
}

TEST_F(RocksKvTest, ForeignDirectoryIsLeftUntouched) {
  std::filesystem::create_directory(options_.dir);
  WriteFile(options_.dir + "/notes.txt", "mine");
  EXPECT_EQ(ReasonOf(OpenStatus(options_)), "NOT_A_STORE");
  EXPECT_FALSE(Exists(options_.dir + "/LOCK.entente"));
  EXPECT_FALSE(Exists(options_.dir + "/db"));
}

TEST_F(RocksKvTest, MissingStoreIsNotCreatedUnlessAsked) {
  options_.create_if_missing = false;
  const absl::Status status = OpenStatus(options_);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("there is no store in"));
  EXPECT_FALSE(Exists(options_.dir));
}

TEST_F(RocksKvTest, UnfinishedCreationIsDoneAgain) {
  std::filesystem::create_directories(options_.dir + "/db");
  WriteFile(options_.dir + "/CREATING", "");
  WriteFile(options_.dir + "/db/CURRENT", "MANIFEST-of-a-crash\n");
  EXPECT_TRUE(OpenStatus(options_).ok());
}

TEST_F(RocksKvTest, OtherFormatIsRefused) {
  ASSERT_TRUE(OpenStatus(options_).ok());
  options_.format_version = 2;
  EXPECT_EQ(ReasonOf(OpenStatus(options_)), "STORE_TOO_OLD");
  WriteFile(options_.dir + "/FORMAT", "entente-store-format 9\n");
  EXPECT_EQ(ReasonOf(OpenStatus(options_)), "NEWER_VERSION_NEEDED");
}

TEST_F(RocksKvTest, FamiliesMayBeAddedButNotForgotten) {
  ASSERT_TRUE(OpenStatus(options_).ok());
  options_.families.push_back({"added", nullptr, 0});
  ASSERT_TRUE(OpenStatus(options_).ok());
  options_.families.pop_back();
  const absl::Status status = OpenStatus(options_);
  EXPECT_EQ(ReasonOf(status), "NEWER_VERSION_NEEDED");
  EXPECT_THAT(std::string(status.message()), HasSubstr("family 'added'"));
}

TEST_F(RocksKvTest, OptionsWithoutSenseAreRefused) {
  RocksOptions options = options_;
  options.families.push_back({"meta", nullptr, 0});
  EXPECT_TRUE(absl::IsInvalidArgument(OpenStatus(options)));
  options.families.back().name = "default";
  EXPECT_TRUE(absl::IsInvalidArgument(OpenStatus(options)));
  options = options_;
  options.head_checksum = nullptr;
  EXPECT_TRUE(absl::IsInvalidArgument(OpenStatus(options)));
  options = options_;
  options.dir = "";
  EXPECT_TRUE(absl::IsInvalidArgument(OpenStatus(options)));
}

TEST_F(RocksKvTest, BallastIsSetAsideAtOpen) {
  options_.ballast_bytes = 1 << 20;
  ASSERT_TRUE(OpenStatus(options_).ok());
  EXPECT_GE(std::filesystem::file_size(options_.dir + "/BALLAST"), options_.ballast_bytes);
}

TEST_F(RocksKvTest, MissingBallastIsReportedAndNotFatal) {
  std::vector<HealthEvent> events;
  options_.ballast_bytes = uint64_t{1} << 60;
  options_.on_health = [&](const HealthEvent& event) { events.push_back(event); };
  ASSERT_TRUE(OpenStatus(options_).ok());
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].reason, "STORE_FULL");
  EXPECT_THAT(events[0].message, HasSubstr("bytes are free on that file system"));
}

uint64_t LogBytes(const std::string& dir) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir + "/db")) {
    if (entry.path().extension() == ".log") bytes += entry.file_size();
  }
  return bytes;
}

TEST_F(RocksKvTest, OrderlyCloseLeavesLittleToReplay) {
  auto kv = RocksKv::Open(options_);
  ASSERT_TRUE(kv.ok()) << kv.status();
  for (int i = 0; i < 8; ++i) {
    const WriteBatch batch = PutOne(0, std::to_string(i), std::string(1 << 20, 'x'));
    ASSERT_TRUE((*kv)->Write(batch, Durability::kSynced).ok());
  }
  EXPECT_GT(LogBytes(options_.dir), 8u << 20);
  kv->reset();
  EXPECT_LT(LogBytes(options_.dir), 1u << 20);
  kv = RocksKv::Open(options_);
  ASSERT_TRUE(kv.ok()) << kv.status();
  EXPECT_EQ((*kv)->last_commit(), 8u);
  EXPECT_EQ(ScanAll(**kv, 0, "").size(), 8u);
}

// Small buffers push rows through flush and compaction, where operands meet each other.
TEST_F(RocksKvTest, MergesSurviveFlushAndCompaction) {
  options_.write_buffer_bytes = 64 << 10;
  auto kv = RocksKv::Open(options_);
  ASSERT_TRUE(kv.ok()) << kv.status();
  const std::string filler(4000, 'f');
  for (int round = 0; round < 300; ++round) {
    WriteBatch batch;
    batch.Merge(1, "key", std::string(1, static_cast<char>('a' + round * 7 % 26)));
    batch.Put(1, "filler" + std::to_string(round), filler);
    ASSERT_TRUE((*kv)->Write(batch, Durability::kUnsynced).ok());
  }
  EXPECT_EQ((*kv)->Get(1, "key")->value_or("(none)"), "z");
  EXPECT_EQ(ScanAll(**kv, 1, "filler").size(), 300u);
}

}  // namespace
}  // namespace entente::storage
