#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "node/crypto/ed25519.h"

namespace entente::crypto {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

PrivateKey Key() { return PrivateKey::FromSeed(std::string(32, '\2')); }

TEST(KeyPem, AnEncryptedKeyOpensWithItsPassphrase) {
  std::string pem = *Key().ToPem("long enough words");
  EXPECT_THAT(pem, StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  absl::StatusOr<PrivateKey> again = PrivateKey::FromPem(pem, "long enough words");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->public_key(), Key().public_key());
  EXPECT_EQ(again->Sign("m"), Key().Sign("m"));
}

TEST(KeyPem, AWrongOrMissingPassphraseIsDenied) {
  std::string pem = *Key().ToPem("right");
  EXPECT_EQ(PrivateKey::FromPem(pem, "wrong").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(PrivateKey::FromPem(pem, "").status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(KeyPem, TwoEncryptionsOfOneKeyDiffer) {
  EXPECT_NE(*Key().ToPem("same"), *Key().ToPem("same"));
}

TEST(KeyPem, AnEmptyPassphraseWritesItPlain) {
  std::string pem = *Key().ToPem("");
  EXPECT_THAT(pem, StartsWith("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_EQ(PrivateKey::FromPem(pem, "")->public_key(), Key().public_key());
}

TEST(KeyPem, DamagedOrForeignTextIsNotAKey) {
  std::string pem = *Key().ToPem("p");
  for (const std::string& bad :
       {std::string(), std::string("no key"), pem.substr(0, pem.size() / 2),
        PublicKeyPem(Key().public_key()), std::string(17 * 1024, '-')}) {
    EXPECT_EQ(PrivateKey::FromPem(bad, "p").status().code(), absl::StatusCode::kInvalidArgument);
  }
}

// Made with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
TEST(KeyPem, AKeyOfAnotherKindIsRefused) {
  constexpr char kP256[] =
      "-----BEGIN PRIVATE KEY-----\n"
      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgH8obL+6aXUTU39ot\n"
      "q8DmQatlz5s3XfV4XY3V+AV56MahRANCAAStjhy5pYUAAFXdl9shyu6wkEsHAtyU\n"
      "72B6/EwxRXQ5sXGAVLtbwFagvddfVJ3n+UbG0/l2SpIkSvOG6Jmhv9XE\n"
      "-----END PRIVATE KEY-----\n";
  absl::Status status = PrivateKey::FromPem(kP256, "").status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("not an Ed25519 key"));
}

// RFC 8410 section 4 gives this form; openssl writes the same bytes.
TEST(KeyPem, APublicKeyIsWrittenAsSubjectPublicKeyInfo) {
  EXPECT_EQ(PublicKeyPem(Key().public_key()),
            "-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEAgTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q=\n"
            "-----END PUBLIC KEY-----\n");
}

}  // namespace
}  // namespace entente::crypto
