// Stores that lost something, or were cut off at an awkward moment: what opens, what is refused,
// and that refusing changes nothing.
#include "storage/rocksdb_open.h"

#include <algorithm>
#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/local_file.h"
#include "storage/rocksdb_kv.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class RocksOpenTest : public ::testing::Test {
 protected:
  RocksOpenTest() {
    options_.on_health = [this](const HealthEvent& event) { events_.push_back(event); };
  }

  absl::StatusOr<std::unique_ptr<RocksKv>> Open() { return RocksKv::Open(options_); }
  // Appends commits "entry N" -> "value N" up to and including `last`, then closes the store.
  void WriteUpTo(uint64_t last) {
    auto kv = Open();
    ASSERT_TRUE(kv.ok()) << kv.status();
    while ((*kv)->last_commit() < last) {
      const std::string n = std::to_string((*kv)->last_commit() + 1);
      ASSERT_TRUE((*kv)->Write(PutOne(0, "entry " + n, "value " + n), Durability::kSynced).ok());
    }
  }
  // The store opens at commit `last` with exactly the entries up to it.
  void ExpectOpensAt(uint64_t last) {
    auto kv = Open();
    ASSERT_TRUE(kv.ok()) << kv.status();
    EXPECT_EQ((*kv)->last_commit(), last);
    EXPECT_EQ(ScanAll(**kv, 0, "").size(), last);
  }
  void ExpectRefused(const std::string& words) {
    const absl::Status status = Open().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_EQ(ReasonOf(status), "STORE_DAMAGED");
    EXPECT_THAT(std::string(status.message()), HasSubstr(words));
    EXPECT_THAT(std::string(status.message()), HasSubstr("--accept-lost-batches"));
  }
  std::string NewestLog() {
    std::string newest;
    for (const auto& entry : fs::directory_iterator(options_.dir + "/db")) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    return newest;
  }
  void FlipIn(const std::string& path, const std::string& text) {
    std::string bytes = ReadFile(path);
    const size_t at = bytes.find(text);
    ASSERT_NE(at, std::string::npos) << text;
    bytes[at] ^= 1;
    WriteFile(path, bytes);
  }

  ScratchDir scratch_;
  RocksOptions options_ = TestOptions(scratch_.Sub("store"));
  const std::string head_ = options_.dir + "/HEAD";
  std::vector<HealthEvent> events_;
};

TEST_F(RocksOpenTest, WholeStoreOpensQuietly) {
  WriteUpTo(5);
  ExpectOpensAt(5);
  EXPECT_TRUE(events_.empty());
}

TEST_F(RocksOpenTest, DeletedNewestLogIsNoticed) {
  WriteUpTo(5);
  fs::remove(NewestLog());
  ExpectRefused("5 acknowledged batches are missing");
  ExpectRefused("its newest commit is 0, but HEAD records 5");
}

TEST_F(RocksOpenTest, RefusingChangesNothing) {
  WriteUpTo(5);
  const std::string log = NewestLog();
  fs::rename(log, scratch_.Sub("kept.log"));
  ExpectRefused("5 acknowledged batches are missing");
  fs::rename(scratch_.Sub("kept.log"), log);
  ExpectOpensAt(5);
}

TEST_F(RocksOpenTest, OlderCopyOfTheDatabaseIsNoticed) {
  WriteUpTo(2);
  CopyTree(options_.dir + "/db", scratch_.Sub("old"));
  WriteUpTo(5);
  CopyTree(scratch_.Sub("old"), options_.dir + "/db");
  ExpectRefused("3 acknowledged batches are missing");
}

TEST_F(RocksOpenTest, AcceptingTheLossGoesOnWithWhatIsLeft) {
  WriteUpTo(2);
  CopyTree(options_.dir + "/db", scratch_.Sub("old"));
  WriteUpTo(5);
  CopyTree(scratch_.Sub("old"), options_.dir + "/db");

  options_.accept_lost_batches = true;
  ExpectOpensAt(2);
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_THAT(events_[0].message, HasSubstr("3 acknowledged batches are missing"));
  options_.accept_lost_batches = false;
  ExpectOpensAt(2);
  WriteUpTo(3);
  ExpectOpensAt(3);
}

TEST_F(RocksOpenTest, CrashBetweenDatabaseAndHeadIsRepaired) {
  WriteUpTo(4);
  const std::string at_four = ReadFile(head_);
  WriteUpTo(5);
  const std::string at_five = ReadFile(head_);
  WriteFile(head_, at_four);
  ExpectOpensAt(5);
  EXPECT_EQ(ReadFile(head_), at_five);
  EXPECT_TRUE(events_.empty());
}

TEST_F(RocksOpenTest, FlippedByteInTheLogIsNoticed) {
  WriteUpTo(5);
  FlipIn(NewestLog(), "value 3");
  ExpectRefused("3 acknowledged batches are missing");
  options_.accept_lost_batches = true;
  ExpectOpensAt(2);
}

TEST_F(RocksOpenTest, FlippedByteInTheNewestRecordIsNoticed) {
  WriteUpTo(5);
  FlipIn(NewestLog(), "value 5");
  ExpectRefused("1 acknowledged batch is missing");
}

TEST_F(RocksOpenTest, CutOffRecordThatWasAcknowledgedIsNoticed) {
  WriteUpTo(5);
  fs::resize_file(NewestLog(), fs::file_size(NewestLog()) - 3);
  ExpectRefused("1 acknowledged batch is missing");
}

TEST_F(RocksOpenTest, CutOffRecordThatWasNotAcknowledgedIsDropped) {
  WriteUpTo(4);
  const std::string at_four = ReadFile(head_);
  WriteUpTo(5);
  WriteFile(head_, at_four);
  fs::resize_file(NewestLog(), fs::file_size(NewestLog()) - 3);
  ExpectOpensAt(4);
  WriteUpTo(6);
  ExpectOpensAt(6);
}

// A power cut may leave the pages of the last record half written, not only cut off.
TEST_F(RocksOpenTest, DamagedRecordThatWasNotAcknowledgedIsDroppedWithAReport) {
  WriteUpTo(2);
  const std::string at_two = ReadFile(head_);
  auto kv = Open();
  ASSERT_TRUE(kv.ok());
  ASSERT_TRUE((*kv)->Write(PutOne(0, "entry 3", "value 3"), Durability::kSynced).ok());
  kv->reset();
  WriteFile(head_, at_two);
  FlipIn(NewestLog(), "value 3");
  ExpectOpensAt(2);
  ASSERT_EQ(events_.size(), 1u);
  EXPECT_THAT(events_[0].message, HasSubstr("never acknowledged end of the log"));
}

TEST_F(RocksOpenTest, MissingOlderLogIsNoticed) {
  options_.write_buffer_bytes = 64 << 10;
  WriteUpTo(3);
  std::string older;
  {
    auto kv = Open();  // replays, flushes and starts a new log
    ASSERT_TRUE(kv.ok());
    older = NewestLog();
    ASSERT_TRUE((*kv)->Write(PutOne(0, "entry 4", "value 4"), Durability::kSynced).ok());
    // Filling one family starts a new log while the old one is still needed for "entry 4".
    for (int i = 0; NewestLog() == older && i < 1000; ++i) {
      ASSERT_TRUE(
          (*kv)
              ->Write(PutOne(2, std::to_string(i), std::string(4000, 'x')), Durability::kSynced)
              .ok());
    }
    ASSERT_NE(NewestLog(), older);
  }
  ASSERT_TRUE(Exists(older));
  fs::remove(older);
  ExpectRefused("Missing WAL");
}

TEST_F(RocksOpenTest, MissingOrDamagedHeadIsRefusedAndCanBeAccepted) {
  WriteUpTo(3);
  fs::remove(head_);
  ExpectRefused("HEAD is missing");
  EXPECT_FALSE(Exists(head_));
  WriteFile(head_, "0123456789abcdef");
  ExpectRefused("does not match its own checksum");
  ExpectRefused("the newest commit in the store is 3");
  options_.accept_lost_batches = true;
  ExpectOpensAt(3);
  options_.accept_lost_batches = false;
  ExpectOpensAt(3);
}

TEST_F(RocksOpenTest, LostDatabaseIsNotReplacedByAnEmptyOne) {
  WriteUpTo(3);
  fs::remove_all(options_.dir + "/db");
  const absl::Status status = Open().status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("is missing; check that its disk is mounted"));
  EXPECT_FALSE(Exists(options_.dir + "/db"));
}

}  // namespace
}  // namespace entente::storage
