#include "storage/local_file.h"

#include <sys/stat.h>

#include <cerrno>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::HasSubstr;

mode_t ModeOf(const std::string& path) {
  struct stat info;
  EXPECT_EQ(stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

TEST(LocalFileTest, NewFilesArePrivateWhateverTheUmask) {
  ScratchDir dir;
  for (mode_t mask : {mode_t{0}, mode_t{0777}}) {
    const mode_t before = umask(mask);
    const std::string path = dir.Sub("file" + std::to_string(mask));
    const bool opened = OpenFile(path, /*create=*/true).ok();
    umask(before);
    EXPECT_TRUE(opened);
    EXPECT_EQ(ModeOf(path), mode_t{0600});
  }
}

TEST(LocalFileTest, ReplaceFileLeavesOnlyTheNewContent) {
  ScratchDir dir;
  WriteFile(dir.Sub("f"), "a long old content");
  WriteFile(dir.Sub("f.new"), "rest of an interrupted replacement, longer than the new one");
  ASSERT_TRUE(ReplaceFile(dir.path(), "f", "new").ok());
  EXPECT_EQ(ReadFile(dir.Sub("f")), "new");
  EXPECT_FALSE(Exists(dir.Sub("f.new")));
}

TEST(LocalFileTest, ReadStartStopsAtTheLimitAndAtTheEnd) {
  ScratchDir dir;
  WriteFile(dir.Sub("f"), "12345");
  auto file = OpenFile(dir.Sub("f"), /*create=*/false);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(*ReadStart(*file, 3, "f"), "123");
  EXPECT_EQ(*ReadStart(*file, 9, "f"), "12345");
}

TEST(LocalFileTest, ErrorsNameActionAndFileAndKeepTheirKind) {
  EXPECT_TRUE(absl::IsResourceExhausted(ErrnoStatus(ENOSPC, "write", "/x")));
  EXPECT_EQ(ReasonOf(ErrnoStatus(ENOSPC, "write", "/x")), "STORE_FULL");
  EXPECT_TRUE(absl::IsPermissionDenied(ErrnoStatus(EACCES, "write", "/x")));
  EXPECT_TRUE(absl::IsUnavailable(ErrnoStatus(EIO, "write", "/x")));
  EXPECT_THAT(std::string(ErrnoStatus(EIO, "write", "/x").message()), HasSubstr("write /x"));
}

TEST(LocalFileTest, BytesOnDiskCountsFilesBelow) {
  ScratchDir dir;
  EXPECT_EQ(BytesOnDisk(dir.path()), 0u);
  WriteFile(dir.Sub("f"), std::string(100'000, 'x'));
  EXPECT_GE(BytesOnDisk(dir.path()), 100'000u);
  EXPECT_EQ(BytesOnDisk(dir.Sub("none")), 0u);
}

}  // namespace
}  // namespace entente::storage
