// Packs on disk: written and read back, and hostile ones.
#include "client/audit/pack_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "tests/support/register_world.h"

namespace entente::client {
namespace {

namespace fs = std::filesystem;

class PackFilesTest : public testing::Test {
 protected:
  PackFilesTest() {
    std::string pattern = (fs::temp_directory_path() / "entente-pack.XXXXXX").string();
    home_ = mkdtemp(pattern.data());
  }
  ~PackFilesTest() override { fs::remove_all(home_); }

  std::string Path(const std::string& name) const { return absl::StrCat(home_, "/", name); }
  void WriteBytes(const std::string& name, const std::string& bytes) {
    std::ofstream(Path(name), std::ios::binary) << bytes;
  }
  support::PackMap ReadAll(const std::string& name) {
    auto pack = OpenPack(Path(name));
    EXPECT_TRUE(pack.ok()) << pack.status();
    support::PackMap out;
    for (const auto& [path, size] : (*pack)->paths()) out[path] = *(*pack)->Read(path);
    return out;
  }
  static std::string Tar(const std::string& path, const std::string& content) {
    std::string out = TarHeader(path, content.size()) + content;
    out.resize((out.size() + 511) / 512 * 512);
    return out;
  }
  Exit OpenTar(const std::string& bytes) {
    WriteBytes("hostile", bytes);
    auto pack = OpenPack(Path("hostile"));
    return pack.ok() ? Exit::kDone : ExitOf(pack.status());
  }

  std::string home_;
  const std::string end_ = std::string(1024, '\0');
};

TEST_F(PackFilesTest, FolderAndTarHoldTheSameFiles) {
  const support::RegisterWorld world(300, 60);
  const support::PackMap wanted = world.Pack();
  for (const char* name : {"folder/", "file"}) {
    auto sink = NewPack(Path(name));
    ASSERT_TRUE(sink.ok()) << sink.status();
    ASSERT_TRUE(world.Write(**sink).ok());
    EXPECT_EQ(ReadAll(name), wanted) << name;
    EXPECT_FALSE(NewPack(Path(name)).ok()) << "nothing is overwritten";
  }
  EXPECT_EQ(std::system(absl::StrCat("cd ", home_,
                                     " && mkdir out && tar -C out -xf file && "
                                     "diff -r out folder")
                            .c_str()),
            0)
      << "other people's tar reads it";
}

TEST_F(PackFilesTest, ATarOfAnotherHandIsRead) {
  fs::create_directories(Path("in/charter"));
  WriteBytes("in/charter/1", "note");
  ASSERT_EQ(std::system(absl::StrCat("tar -C ", home_, "/in -cf ", home_, "/other .").c_str()), 0);
  EXPECT_EQ(ReadAll("other"), (support::PackMap{{"charter/1", "note"}}));
}

TEST_F(PackFilesTest, LongNamesAreSplit) {
  const std::string path =
      absl::StrCat("credentials/", std::string(64, 'a'), "/suspend-", std::string(64, 'b'));
  auto entry = ParseTarHeader(TarHeader(path, 5));
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->path, path);
  EXPECT_EQ(entry->size, 5u);
}

TEST_F(PackFilesTest, HostileTarsAreRefusedWhole) {
  EXPECT_EQ(OpenTar(Tar("a", "x") + end_), Exit::kDone);
  EXPECT_EQ(OpenTar(Tar("../a", "x") + end_), Exit::kMachine);
  EXPECT_EQ(OpenTar(Tar("/etc/passwd", "x") + end_), Exit::kMachine);
  EXPECT_EQ(OpenTar(Tar("a/../../b", "x") + end_), Exit::kMachine);
  EXPECT_EQ(OpenTar(Tar("a//b", "x") + end_), Exit::kMachine);
  EXPECT_EQ(OpenTar(Tar("a\nb", "x") + end_), Exit::kMachine);
  EXPECT_EQ(OpenTar(Tar("a", "x") + Tar("a", "y") + end_), Exit::kMachine) << "twice";
  EXPECT_EQ(OpenTar(Tar("a", "x")), Exit::kMachine) << "no end";
  EXPECT_EQ(OpenTar(TarHeader("a", 1 << 20) + "x"), Exit::kMachine) << "cut off";
  EXPECT_EQ(OpenTar(TarHeader("a", ~uint64_t{0} >> 31) + end_), Exit::kMachine) << "huge";
  EXPECT_EQ(OpenTar("hello"), Exit::kMachine);
  EXPECT_EQ(OpenTar(""), Exit::kMachine);
  std::string wrong_sum = Tar("a", "x") + end_;
  wrong_sum[1] = 'b';
  EXPECT_EQ(OpenTar(wrong_sum), Exit::kMachine);
}

TEST_F(PackFilesTest, LinksAreNotFollowed) {
  fs::create_directories(Path("linked"));
  fs::create_symlink("/etc/passwd", Path("linked/charter"));
  EXPECT_EQ(ExitOf(OpenPack(Path("linked")).status()), Exit::kMachine);
  ASSERT_EQ(std::system(absl::StrCat("tar -C ", home_, " -cf ", home_, "/links linked").c_str()),
            0);
  EXPECT_EQ(ExitOf(OpenPack(Path("links")).status()), Exit::kMachine);
  EXPECT_EQ(ExitOf(OpenPack(Path("nowhere")).status()), Exit::kMachine);
}

}  // namespace
}  // namespace entente::client
