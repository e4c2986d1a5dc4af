// An outsider checks what we sign with the openssl command alone, none of our code in between.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "node/ledger/note.h"
#include "tests/unit/ledger/golden.h"

namespace entente::ledger {
namespace {

class OpenSsl : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "entente-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, absl::string_view bytes) {
    std::ofstream out(folder_ + "/" + name, std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  // Does `openssl pkeyutl -verify` accept?
  bool Verifies(const PublicKey& key, absl::string_view message, absl::string_view signature) {
    Write("key.pem", crypto::PublicKeyPem(key));
    Write("message", message);
    Write("signature", signature);
    std::string command = absl::StrCat("cd ", folder_,
                                       " && openssl pkeyutl -verify -pubin -inkey key.pem -rawin "
                                       "-in message -sigfile signature >/dev/null 2>&1");
    return WEXITSTATUS(std::system(command.c_str())) == 0;
  }

  std::string folder_;
};

TEST_F(OpenSsl, ChecksAnEntrysLeaf) {
  std::string header = GoldenHex("entry-header.hex");
  std::string signature = GoldenHex("entry-signature.hex");
  EXPECT_TRUE(Verifies(AuthorKey().public_key(), Pae(header), signature));
  header[40] ^= 1;
  EXPECT_FALSE(Verifies(AuthorKey().public_key(), Pae(header), signature));
}

TEST_F(OpenSsl, ChecksANotesSignature) {
  Note note = *ParseNote(GoldenFile("charter-1.note"));
  EXPECT_TRUE(Verifies(SecretariatSignerKey().public_key(), note.text, note.lines[0].signature));
  EXPECT_FALSE(Verifies(SignerKey().public_key(), note.text, note.lines[0].signature));
}

TEST_F(OpenSsl, OpensAnEncryptedPrivateKey) {
  Write("a.key", *AuthorKey().ToPem("words"));
  Write("pass", "words\n");
  std::string command =
      absl::StrCat("cd ", folder_,
                   " && openssl pkey -in a.key -passin file:pass -pubout -out pub "
                   ">/dev/null 2>&1");
  ASSERT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
  std::ifstream in(folder_ + "/pub");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}),
            crypto::PublicKeyPem(AuthorKey().public_key()));
}

}  // namespace
}  // namespace entente::ledger
