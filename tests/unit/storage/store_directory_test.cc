#include "storage/store_directory.h"

#include <sys/stat.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/local_file.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::HasSubstr;

constexpr uint32_t kVersion = 3;

std::string Text(const absl::Status& status) { return std::string(status.message()); }

class StoreDirectoryTest : public ::testing::Test {
 protected:
  absl::StatusOr<DirectoryState> Inspect() { return InspectDirectory(dir_.path(), kVersion); }
  ScratchDir dir_;
};

TEST_F(StoreDirectoryTest, MissingAndEmptyMayBecomeAStore) {
  EXPECT_EQ(*InspectDirectory(dir_.Sub("none"), kVersion), DirectoryState::kMissing);
  EXPECT_EQ(*Inspect(), DirectoryState::kEmpty);
}

TEST_F(StoreDirectoryTest, LostAndFoundOfAFreshFileSystemIsNoContent) {
  std::filesystem::create_directory(dir_.Sub("lost+found"));
  WriteFile(dir_.Sub("LOCK.entente"), "");
  EXPECT_EQ(*Inspect(), DirectoryState::kEmpty);
}

TEST_F(StoreDirectoryTest, ForeignContentIsRefusedByName) {
  WriteFile(dir_.Sub("holiday.jpg"), "");
  const absl::Status status = Inspect().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_EQ(ReasonOf(status), "NOT_A_STORE");
  EXPECT_THAT(Text(status), HasSubstr("holds 'holiday.jpg' but no store"));
}

TEST_F(StoreDirectoryTest, AFileIsNoDirectory) {
  WriteFile(dir_.Sub("f"), "");
  EXPECT_EQ(ReasonOf(InspectDirectory(dir_.Sub("f"), kVersion).status()), "NOT_A_STORE");
}

TEST_F(StoreDirectoryTest, CreationMakesAStoreOnlyAtItsEnd) {
  ASSERT_TRUE(BeginCreation(dir_.path()).ok());
  EXPECT_EQ(*Inspect(), DirectoryState::kEmpty);
  ASSERT_TRUE(FinishCreation(dir_.path(), kVersion).ok());
  EXPECT_EQ(*Inspect(), DirectoryState::kStore);
  EXPECT_EQ(ReadFile(dir_.Sub("FORMAT")), "entente-store-format 3\n");
  EXPECT_FALSE(Exists(dir_.Sub("CREATING")));
}

TEST_F(StoreDirectoryTest, InterruptedCreationStartsOver) {
  ASSERT_TRUE(BeginCreation(dir_.path()).ok());
  WriteFile(dir_.Sub("db/half"), "x");
  WriteFile(dir_.Sub("HEAD"), "x");
  EXPECT_EQ(*Inspect(), DirectoryState::kEmpty);
  ASSERT_TRUE(BeginCreation(dir_.path()).ok());
  EXPECT_FALSE(Exists(dir_.Sub("db/half")));
  EXPECT_FALSE(Exists(dir_.Sub("HEAD")));
}

TEST_F(StoreDirectoryTest, NewerAndOlderFormatsAreRefusedNamingBoth) {
  WriteFile(dir_.Sub("FORMAT"), "entente-store-format 4\n");
  EXPECT_TRUE(absl::IsFailedPrecondition(Inspect().status()));
  EXPECT_EQ(ReasonOf(Inspect().status()), "NEWER_VERSION_NEEDED");
  EXPECT_THAT(Text(Inspect().status()),
              HasSubstr("has format version 4; this program reads version 3. Use the newer"));
  WriteFile(dir_.Sub("FORMAT"), "entente-store-format 2\n");
  EXPECT_TRUE(absl::IsFailedPrecondition(Inspect().status()));
  EXPECT_EQ(ReasonOf(Inspect().status()), "STORE_TOO_OLD");
  EXPECT_THAT(Text(Inspect().status()), HasSubstr("has format version 2; this program reads"));
}

TEST_F(StoreDirectoryTest, UnreadableFormatIsDamage) {
  for (const char* text : {"", "3\n", "entente-store-format x\n", "entente-store-format 3"}) {
    WriteFile(dir_.Sub("FORMAT"), text);
    EXPECT_TRUE(absl::IsDataLoss(Inspect().status())) << text;
  }
}

TEST_F(StoreDirectoryTest, MadePrivateWhateverTheUmask) {
  for (mode_t mask : {mode_t{0}, mode_t{0777}}) {
    const mode_t before = umask(mask);
    const std::string path = dir_.Sub("store" + std::to_string(mask));
    const absl::Status status = MakePrivateDirectory(path);
    umask(before);
    ASSERT_TRUE(status.ok()) << status;
    struct stat info;
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, mode_t{0700});
  }
}

TEST_F(StoreDirectoryTest, ParentsAreNotInvented) {
  const absl::Status status = MakePrivateDirectory(dir_.Sub("no/such"));
  EXPECT_THAT(Text(status), HasSubstr("no/such"));
  EXPECT_FALSE(Exists(dir_.Sub("no")));
}

}  // namespace
}  // namespace entente::storage
