#include "storage/blob_files.h"

#include <sys/stat.h>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(BlobFilesTest, PartsLeaveHolesAndAreReadWhereTheyAre) {
  ScratchDir dir;
  auto files = *BlobFiles::Open(dir.Sub("blobs"));
  EXPECT_EQ(*files->Read("a", 0, 10), "");
  ASSERT_TRUE(files->Write("a", {{4, "four"}, {100, "hundred"}}).ok());
  EXPECT_EQ(*files->Read("a", 4, 4), "four");
  EXPECT_EQ(*files->Read("a", 0, 5), std::string("\0\0\0\0f", 5));
  EXPECT_EQ(*files->Read("a", 100, 100), "hundred");
  EXPECT_EQ(*files->Read("a", 5000, 10), "");
  ASSERT_TRUE(files->Write("a", {{4, "FOUR"}}).ok());
  EXPECT_EQ(*files->Read("a", 4, 4), "FOUR");
}

TEST(BlobFilesTest, NamesComeAndGo) {
  ScratchDir dir;
  auto files = *BlobFiles::Open(dir.Sub("blobs"));
  EXPECT_THAT(*files->Names(), IsEmpty());
  for (const char* name : {"b", "a"}) ASSERT_TRUE(files->Write(name, {{0, "x"}}).ok());
  EXPECT_THAT(*files->Names(), ElementsAre("a", "b"));
  EXPECT_THAT(*(*BlobFiles::Open(dir.Sub("blobs")))->Names(), ElementsAre("a", "b"));
  EXPECT_TRUE(files->Remove("a").ok());
  EXPECT_TRUE(files->Remove("a").ok());
  EXPECT_THAT(*files->Names(), ElementsAre("b"));
  EXPECT_GT(files->FreeBytes(), 0u);
}

TEST(BlobFilesTest, AreTheOwnersAlone) {
  ScratchDir dir;
  auto files = *BlobFiles::Open(dir.Sub("blobs"));
  ASSERT_TRUE(files->Write("a", {{0, "x"}}).ok());
  struct stat info;
  ASSERT_EQ(stat(dir.Sub("blobs").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
  ASSERT_EQ(stat(dir.Sub("blobs/a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
}

TEST(BlobFilesTest, AFolderThatCannotBeMadeIsNamed) {
  ScratchDir dir;
  const auto files = BlobFiles::Open(dir.Sub("nowhere/blobs"));
  EXPECT_FALSE(files.ok());
  EXPECT_THAT(std::string(files.status().message()), ::testing::HasSubstr("nowhere/blobs"));
}

}  // namespace
}  // namespace entente::storage
