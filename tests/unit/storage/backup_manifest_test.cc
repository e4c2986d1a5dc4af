#include "storage/backup_manifest.h"

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/storage/backup_fixture.h"

namespace entente::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BackupManifestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(scratch_.Sub("meta"));
    WriteFile(scratch_.Sub("meta/1"), "one");
    WriteFile(scratch_.Sub("b"), "two");
    for (const char* name : {"meta/1", "b"}) {
      auto digest = DigestOfFile(scratch_.Sub(name), TestDigester());
      ASSERT_TRUE(digest.ok()) << digest.status();
      manifest_.emplace(name, *digest);
    }
    ASSERT_TRUE(WriteManifest(scratch_.path(), 1, manifest_, TestDigester()).ok());
  }
  ScratchDir scratch_;
  Manifest manifest_;
};

TEST_F(BackupManifestTest, IsInTheFormOfSha256sum) {
  EXPECT_THAT(ReadFile(scratch_.Sub("backup-1.sha256")),
              testing::StartsWith(
                  "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  b\n"
                  "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  meta/1\n"
                  "# sha256 of the lines above: "));
}

TEST_F(BackupManifestTest, ComesBackAsWritten) {
  auto read = ReadManifest(scratch_.path(), 1, TestDigester());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, manifest_);
  EXPECT_THAT(CheckFiles(scratch_.path(), *read, TestDigester()), IsEmpty());
}

TEST_F(BackupManifestTest, AnAlteredByteAnywhereInItIsNoticed) {
  const std::string whole = ReadFile(scratch_.Sub("backup-1.sha256"));
  for (size_t i = 0; i < whole.size(); i += 7) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    WriteFile(scratch_.Sub("backup-1.sha256"), bytes);
    EXPECT_TRUE(absl::IsDataLoss(ReadManifest(scratch_.path(), 1, TestDigester()).status()))
        << "byte " << i;
  }
}

TEST_F(BackupManifestTest, AlteredAndMissingFilesAreNamed) {
  WriteFile(scratch_.Sub("meta/1"), "0ne");
  std::filesystem::remove(scratch_.Sub("b"));
  const std::vector<BackupProblem> problems =
      CheckFiles(scratch_.path(), manifest_, TestDigester());
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].path, "b");
  EXPECT_EQ(problems[0].what, "is missing");
  EXPECT_EQ(problems[1].path, "meta/1");
  EXPECT_THAT(problems[1].what, HasSubstr("was altered"));
}

TEST_F(BackupManifestTest, APathThatLeavesTheDirectoryIsRefused) {
  const Manifest outside = {{"../x", std::string(64, '0')}};
  ASSERT_TRUE(WriteManifest(scratch_.path(), 2, outside, TestDigester()).ok());
  EXPECT_TRUE(absl::IsDataLoss(ReadManifest(scratch_.path(), 2, TestDigester()).status()));
}

TEST_F(BackupManifestTest, NumbersAreThoseOfManifestsOnly) {
  WriteFile(scratch_.Sub("backup-12.sha256"), "");
  WriteFile(scratch_.Sub("backup-3.sha256.new"), "");
  WriteFile(scratch_.Sub("backup-0.sha256"), "");
  EXPECT_THAT(ManifestNumbers(scratch_.path()), ElementsAre(1, 12));
  const absl::Status none = ReadManifest(scratch_.path(), 3, TestDigester()).status();
  EXPECT_TRUE(absl::IsNotFound(none));
  EXPECT_THAT(std::string(none.message()), HasSubstr("finished are: 1 12"));
}

}  // namespace
}  // namespace entente::storage
