// Backups with the real RocksDB: what is in them, what interruption leaves, what damage does.
#include "storage/rocksdb_backup.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/local_file.h"
#include "storage/rocksdb_read_only.h"
#include "storage/store_directory.h"
#include "tests/unit/storage/backup_fixture.h"

namespace entente::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Family kMeta = 0;
constexpr Family kLargest = 1;

class RocksBackupTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    kv_.reset();
    auto kv = RocksKv::Open(options_);
    ASSERT_TRUE(kv.ok()) << kv.status();
    kv_ = *std::move(kv);
  }
  void Put(const std::string& key, const std::string& value) {
    ASSERT_TRUE(kv_->Write(PutOne(kMeta, key, value), Durability::kSynced).ok());
  }
  static NewBackup Request() {
    NewBackup request;
    request.describe = [](const Snapshot&, uint64_t commit) -> absl::StatusOr<std::string> {
      return absl::StrCat(commit);
    };
    return request;
  }
  StoredBackup Make(const NewBackup& request = Request()) {
    auto made = backups_.Create(*kv_, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *made : StoredBackup{};
  }
  // The rows of family "meta" after restoring.
  Rows Restored(uint32_t number, const std::string& name) {
    RocksOptions options = TestOptions(scratch_.Sub(name));
    const absl::Status done = backups_.Restore(number, options.dir);
    EXPECT_TRUE(done.ok()) << done;
    options.create_if_missing = false;
    auto kv = RocksKv::Open(options);
    EXPECT_TRUE(kv.ok()) << kv.status();
    return kv.ok() ? ScanAll(**kv, kMeta, "") : Rows{};
  }

  ScratchDir scratch_;
  RocksOptions options_ = TestOptions(scratch_.Sub("store"));
  std::string directory_ = scratch_.Sub("backups");
  RocksBackups backups_{directory_, options_, TestDigester()};
  std::unique_ptr<RocksKv> kv_;
};

TEST_F(RocksBackupTest, RestoringGivesTheStateOfItsCommit) {
  Put("a", "1");
  Put("b", "2");
  const StoredBackup made = Make();
  Put("a", "changed later");
  EXPECT_EQ(made.number, 1u);
  EXPECT_EQ(made.facts, "2");
  EXPECT_EQ(Restored(1, "restored"), (Rows{{"a", "1"}, {"b", "2"}}));
  auto read = ReadOnlyStore::Open(TestOptions(scratch_.Sub("restored")));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ((*read)->commit(), 2u);
  EXPECT_EQ((*read)->head().value(), 2u);
  EXPECT_TRUE((*read)->VerifyChecksums().ok());
}

TEST_F(RocksBackupTest, EarlierBackupsStayAsTheyWere) {
  Put("a", "1");
  Make();
  Put("a", "2");
  EXPECT_EQ(Make().number, 2u);
  EXPECT_EQ(Restored(1, "first"), (Rows{{"a", "1"}}));
  EXPECT_EQ(Restored(2, "second"), (Rows{{"a", "2"}}));
}

TEST_F(RocksBackupTest, ATableBothContainIsKeptOnce) {
  for (int i = 0; i < 200; ++i) Put(absl::StrCat("key", i), std::string(20'000, 'x' + i % 3));
  Make();
  const uint64_t before = BytesOnDisk(directory_);
  Put("one", "more");
  Make();
  EXPECT_LT(BytesOnDisk(directory_) - before, before / 4 + 200'000);
}

TEST_F(RocksBackupTest, WhileWritesGoOnABackupIsOneMomentOfTheStore) {
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    // Both rows change in one batch, always to the same number.
    for (int i = 1; !stop; ++i) {
      WriteBatch batch;
      batch.Put(kMeta, "left", absl::StrCat(i));
      batch.Put(kMeta, "right", absl::StrCat(i));
      batch.Merge(kLargest, "count", absl::StrCat(1'000'000 + i));
      ASSERT_TRUE(kv_->Write(batch, Durability::kSynced).ok());
      written = i;
    }
  });
  while (written == 0) std::this_thread::yield();
  for (uint32_t n = 1; n <= 3; ++n) {
    const int before = written;
    const StoredBackup made = Make();
    const Rows rows = Restored(n, absl::StrCat("at", n));
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].second, rows[1].second);
    EXPECT_EQ(rows[0].second, made.facts) << "the facts are those of another commit";
    EXPECT_GE(std::stoi(rows[0].second), before) << "something acknowledged is not in the backup";
  }
  stop = true;
  writer.join();
}

TEST_F(RocksBackupTest, NobodyElseMayEnterAndExtraFilesArePrivate) {
  NewBackup request = Request();
  request.extra["node.key"] = "secret";
  Make(request);
  struct stat info;
  ASSERT_EQ(stat(directory_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, mode_t{0700});
  ASSERT_EQ(stat((directory_ + "/extra-1/node.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, mode_t{0600});
  EXPECT_EQ(backups_.Extra(1)->at("node.key"), "secret");
}

TEST_F(RocksBackupTest, AnAlteredByteInAnyFileIsFoundAndNamedAndNotRestored) {
  Put("a", std::string(3000, 'v'));
  NewBackup request = Request();
  request.extra["node.key"] = "secret";
  Make(request);
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory_)) {
    const std::string path = entry.path().string();
    const std::string name = path.substr(directory_.size() + 1);
    if (!entry.is_regular_file() || name == "BACKUPS" || name == "LOCK.entente") continue;
    ++files;
    const std::string whole = ReadFile(path);
    for (size_t at : {size_t{0}, whole.size() / 2, whole.size() - 1}) {
      if (whole.empty()) continue;  // an empty log
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 1);
      WriteFile(path, bytes);
      auto problems = backups_.Verify(1);
      ASSERT_TRUE(problems.ok()) << problems.status();
      ASSERT_THAT(*problems, SizeIs(1)) << name << " byte " << at;
      EXPECT_EQ(problems->front().path, name);
      const absl::Status refused = backups_.Restore(1, scratch_.Sub("never"));
      EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
      EXPECT_FALSE(Exists(scratch_.Sub("never")));
    }
    WriteFile(path, whole);
  }
  EXPECT_GE(files, 6);
  EXPECT_THAT(*backups_.Verify(1), IsEmpty());
}

TEST_F(RocksBackupTest, ASharedTableThatWasAlteredIsCopiedAgainByTheNextBackup) {
  for (int i = 0; i < 200; ++i) Put(absl::StrCat("key", i), std::string(2'000, 'x' + i % 3));
  Make();
  std::string table;
  for (const auto& file : fs::directory_iterator(directory_ + "/shared_checksum"))
    if (table.empty() || file.file_size() > fs::file_size(table)) table = file.path().string();
  std::string bytes = ReadFile(table);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  WriteFile(table, bytes);
  auto problems = backups_.Verify(1);
  ASSERT_TRUE(problems.ok()) << problems.status();
  EXPECT_THAT(*problems, SizeIs(1));
  Put("one", "more");
  Make();
  for (uint32_t number : {1u, 2u}) {
    problems = backups_.Verify(number);
    ASSERT_TRUE(problems.ok()) << problems.status();
    EXPECT_THAT(*problems, IsEmpty()) << "backup " << number;
  }
  EXPECT_THAT(Restored(1, "first"), SizeIs(200));
  EXPECT_THAT(Restored(2, "second"), SizeIs(201));
}

TEST_F(RocksBackupTest, AMissingFileIsFound) {
  Put("a", "1");
  Make();
  fs::remove(directory_ + "/backup-1.facts");
  ASSERT_THAT(*backups_.Verify(1), SizeIs(1));
  EXPECT_EQ(backups_.Verify(1)->front().path, "backup-1.facts");
}

TEST_F(RocksBackupTest, ABackupWithoutItsManifestIsInvisibleAndMakesRoom) {
  Put("a", "1");
  Make();
  Put("a", "2");
  Make();
  fs::remove(directory_ + "/backup-2.sha256");  // as if the process had been killed before it
  EXPECT_THAT(*backups_.List(), SizeIs(1));
  EXPECT_TRUE(absl::IsNotFound(backups_.Verify(2).status()));
  EXPECT_TRUE(absl::IsNotFound(backups_.Restore(2, scratch_.Sub("never"))));
  Put("a", "3");
  const StoredBackup made = Make();
  EXPECT_EQ(Restored(made.number, "restored"), (Rows{{"a", "3"}}));
  EXPECT_EQ(Restored(1, "first"), (Rows{{"a", "1"}}));
  EXPECT_THAT(*backups_.List(), SizeIs(2));
}

TEST_F(RocksBackupTest, StoppingHalfWayLeavesEarlierOnesAlone) {
  Put("a", "1");
  Make();
  for (int i = 0; i < 40; ++i)
    Put(absl::StrCat("k", i), TestDigester()()->FinishHex() + std::string(250'000, 'a' + i % 26));
  for (int i = 0; i < 40; ++i) {
    std::string noise;  // does not compress, so that there is something to copy
    uint64_t x = 88172645463325252u + static_cast<uint64_t>(i);
    while (noise.size() < 250'000) {
      x ^= x << 13, x ^= x >> 7, x ^= x << 17;
      noise.append(reinterpret_cast<const char*>(&x), sizeof x);
    }
    Put(absl::StrCat("n", i), noise);
  }
  NewBackup request = Request();
  request.progress = [](uint64_t) { return false; };
  EXPECT_TRUE(absl::IsCancelled(backups_.Create(*kv_, request).status()));
  EXPECT_THAT(*backups_.List(), SizeIs(1));
  EXPECT_THAT(*backups_.Verify(1), IsEmpty());
  EXPECT_THAT(Restored(Make().number, "later"), SizeIs(81));
}

TEST_F(RocksBackupTest, WrongDirectoriesAreRefusedAndLeftAlone) {
  fs::create_directory(directory_);
  WriteFile(directory_ + "/letters.txt", "mine");
  const absl::Status foreign = backups_.Create(*kv_, Request()).status();
  EXPECT_EQ(ReasonOf(foreign), "NOT_A_STORE");
  EXPECT_FALSE(Exists(directory_ + "/meta"));
  EXPECT_TRUE(absl::IsNotFound(backups_.List().status()));

  Put("a", "1");
  const RocksBackups good(scratch_.Sub("good"), options_, TestDigester());
  ASSERT_TRUE(RocksBackups(good).Create(*kv_, Request()).ok());
  // A store, running or not, is never written over.
  EXPECT_FALSE(good.Restore(1, options_.dir).ok());
  EXPECT_FALSE(good.Restore(1, directory_).ok());
  EXPECT_EQ(ScanAll(*kv_, kMeta, ""), (Rows{{"a", "1"}}));
}

TEST_F(RocksBackupTest, TwoAtOnceInOneDirectoryAreRefused) {
  Put("a", "1");
  NewBackup request = Request();
  std::string reason;
  request.describe = [&](const Snapshot&, uint64_t) -> absl::StatusOr<std::string> {
    reason = ReasonOf(backups_.Create(*kv_, Request()).status());
    return std::string("x");
  };
  Make(request);
  EXPECT_EQ(reason, "BACKUP_BUSY");
}

// Large files of the caller's beside the store.
class BackupAttachmentsTest : public RocksBackupTest {
 protected:
  using Files = std::map<std::string, std::string>;

  NewBackup With(const Files& files) {
    NewBackup request = Request();
    request.attachments =
        [this, files](const Snapshot&,
                      const std::string& folder) -> absl::StatusOr<std::vector<std::string>> {
      EXPECT_TRUE(MakePrivateDirectory(folder).ok());
      std::vector<std::string> names;
      for (const auto& [name, content] : files) {
        names.push_back(name);
        if (Exists(folder + "/" + name)) continue;
        EXPECT_TRUE(ReplaceFile(folder, name, content).ok());
        ++written_;
      }
      return names;
    };
    return request;
  }
  std::string FileOf(const std::string& name) {
    return absl::StrCat(backups_.AttachmentsFolder(), "/", name);
  }
  int written_ = 0;
};

TEST_F(BackupAttachmentsTest, AreKeptOnceAndEachBackupKnowsItsOwn) {
  Put("a", "1");
  Make(With({{"x", "first"}}));
  Make(With({{"x", "first"}, {"y", "second"}}));
  Make();
  EXPECT_EQ(written_, 2);
  EXPECT_THAT(backups_.Attachments(1).value(), ElementsAre("x"));
  EXPECT_THAT(backups_.Attachments(2).value(), ElementsAre("x", "y"));
  EXPECT_THAT(backups_.Attachments(3).value(), IsEmpty());
  for (uint32_t number : {1, 2, 3}) EXPECT_THAT(backups_.Verify(number).value(), IsEmpty());
}

TEST_F(BackupAttachmentsTest, OneThatIsAlteredOrLostIsNamedAndNothingIsRestored) {
  Put("a", "1");
  Make(With({{"x", "first"}, {"y", "second"}}));
  ASSERT_TRUE(ReplaceFile(backups_.AttachmentsFolder(), "y", "secodn").ok());
  fs::remove(FileOf("x"));
  const auto problems = backups_.Verify(1).value();
  ASSERT_THAT(problems, SizeIs(2));
  EXPECT_EQ(problems[0].path, "attachments/x");
  EXPECT_EQ(problems[1].path, "attachments/y");
  EXPECT_FALSE(backups_.Restore(1, scratch_.Sub("restored")).ok());
  EXPECT_THAT(backups_.List().value()[0].problem, HasSubstr("attachments/x is missing"));
  // Another backup does not make an altered one good.
  Make(With({{"y", "second"}}));
  EXPECT_THAT(backups_.Verify(2).value(), SizeIs(1));
}

TEST_F(BackupAttachmentsTest, WhatAnInterruptedBackupLeftIsRemoved) {
  Put("a", "1");
  Make(With({{"x", "first"}}));
  NewBackup failing = With({{"y", "second"}});
  failing.describe = [](const Snapshot&, uint64_t) -> absl::StatusOr<std::string> {
    return absl::CancelledError("stopped");
  };
  EXPECT_FALSE(backups_.Create(*kv_, failing).ok());
  EXPECT_TRUE(Exists(FileOf("y")));
  Make();
  EXPECT_FALSE(Exists(FileOf("y")));
  EXPECT_TRUE(Exists(FileOf("x")));
}

}  // namespace
}  // namespace entente::storage
