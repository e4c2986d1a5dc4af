// The manifest of a backup, and HEAD. Input: which, contents. The manifest's checksum of itself is
// put right, or nothing else would be reached.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/crypto/sha256.h"
#include "storage/backup_manifest.h"
#include "storage/head_file.h"
#include "tests/fuzz/scratch_file.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

class Sha256Digester final : public storage::Digester {
 public:
  void Add(absl::string_view piece) override { bytes_.append(piece.data(), piece.size()); }
  std::string FinishHex() override { return crypto::Sha256(bytes_).ToHex(); }

 private:
  std::string bytes_;
};

std::unique_ptr<storage::Digester> NewSha256() { return std::make_unique<Sha256Digester>(); }

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void CheckManifest(const ScratchDirectory& directory, absl::string_view lines) {
  const std::string text =
      absl::StrCat(lines, "# sha256 of the lines above: ", crypto::Sha256(lines).ToHex(), "\n");
  const std::string path = directory.Put("backup-1.sha256", text);
  const auto manifest = storage::ReadManifest(directory.path(), 1, NewSha256);
  if (!manifest.ok()) return;
  for (const auto& [name, digest] : *manifest) {
    FUZZ_CHECK(!name.empty() && name[0] != '/' && digest.size() == 64);
    FUZZ_CHECK(!absl::StrContains(absl::StrCat("/", name, "/"), "/../"));
  }
  FUZZ_CHECK(storage::WriteManifest(directory.path(), 2, *manifest, NewSha256).ok());
  FUZZ_CHECK(Contents(directory.path() + "/backup-2.sha256") == text);
}

void CheckHead(const ScratchDirectory& directory, absl::string_view bytes) {
  const storage::HeadChecksum checksum = [](absl::string_view number) {
    std::array<uint8_t, 8> out;
    std::copy_n(crypto::Sha256(number).bytes.begin(), out.size(), out.begin());
    return out;
  };
  const std::string path = directory.Put("HEAD", bytes);
  auto head = storage::HeadFile::Open(directory.path(), false, checksum);
  FUZZ_CHECK(head.ok());
  const auto commit = head->Read();
  if (!commit.ok()) return;
  FUZZ_CHECK(bytes.size() == storage::HeadFile::kRecordBytes);
  FUZZ_CHECK(head->Write(*commit).ok() && Contents(path) == bytes);
}

}  // namespace

FUZZ_TARGET(backup, input) {
  static const ScratchDirectory* directory = new ScratchDirectory;
  Choices choices(input);
  if (choices.Byte() % 4 == 0) return CheckHead(*directory, choices.Rest());
  CheckManifest(*directory, choices.Rest());
}

}  // namespace entente::fuzz
