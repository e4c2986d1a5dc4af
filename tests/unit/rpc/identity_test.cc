#include "node/rpc/tls/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <fstream>

#include "node/rpc/tls/certificate.h"
#include "tests/unit/rpc/temp_dir.h"

namespace entente::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

int ModeOf(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 ? static_cast<int>(info.st_mode & 07777) : -1;
}

Identity Made() { return MakeIdentity().value(); }

TEST(Identity, CertificateIsWhatPeersExpect) {
  const Identity identity = Made();
  X509Ptr certificate = CertificateFromPem(identity.certificate_pem);
  ASSERT_NE(certificate, nullptr);

  EXPECT_THAT(NamesOf(certificate.get()),
              ElementsAre("spiffe://entente/node/" + identity.spki.ToHex()));
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
  EXPECT_EQ(X509_get_extended_key_usage(certificate.get()),
            static_cast<uint32_t>(XKU_SSL_SERVER | XKU_SSL_CLIENT));
  EXPECT_EQ(EVP_PKEY_get_bits(X509_get0_pubkey(certificate.get())), 256);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
  const ASN1_TIME* end = X509_get0_notAfter(certificate.get());
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(end->data), 15), "99991231235959Z");
}

TEST(Identity, NameIsTheHashOfTheKeyInfo) {
  const Identity identity = Made();
  EXPECT_EQ(SpkiOfCertificate(identity.certificate_pem).value(), identity.spki);
  EXPECT_EQ(CheckNodeCertificate(identity.certificate_pem).value(), identity.spki);
  EXPECT_EQ(SpkiOf(KeyFromPem(identity.key_pem).get()), identity.spki);
  EXPECT_NE(Made().spki, identity.spki);
}

TEST(Identity, SecondStartFindsTheFirstOnesIdentity) {
  TempDir data;
  const Identity first = LoadOrMakeIdentity(data.path()).value();
  const Identity second = LoadOrMakeIdentity(data.path()).value();
  EXPECT_EQ(first.spki, second.spki);
  EXPECT_EQ(first.certificate_pem, second.certificate_pem);
  EXPECT_EQ(ModeOf(data.path() + "/tls"), 0700);
  EXPECT_EQ(ModeOf(data.path() + "/tls/node.key"), 0600);
  EXPECT_EQ(ModeOf(data.path() + "/tls/node.crt"), 0600);
}

TEST(Identity, StartCutAfterTheKeyWasWrittenKeepsTheKey) {
  TempDir data;
  const Identity first = LoadOrMakeIdentity(data.path()).value();
  ASSERT_EQ(unlink((data.path() + "/tls/node.crt").c_str()), 0);
  EXPECT_EQ(LoadOrMakeIdentity(data.path()).value().spki, first.spki);
}

TEST(Identity, CertificateWithoutKeyIsRefusedAndTheMessageSaysWhatToDo) {
  TempDir data;
  ASSERT_TRUE(LoadOrMakeIdentity(data.path()).ok());
  ASSERT_EQ(unlink((data.path() + "/tls/node.key").c_str()), 0);
  const absl::Status status = LoadOrMakeIdentity(data.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("restore the key from a backup"));
}

TEST(Identity, KeyOfAnotherCertificateIsRefused) {
  TempDir data;
  ASSERT_TRUE(LoadOrMakeIdentity(data.path()).ok());
  std::ofstream(data.path() + "/tls/node.key") << Made().key_pem;
  const absl::Status status = LoadOrMakeIdentity(data.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("does not belong to the certificate"));
}

TEST(Identity, KeyOthersMayReadIsRefused) {
  TempDir data;
  ASSERT_TRUE(LoadOrMakeIdentity(data.path()).ok());
  ASSERT_EQ(chmod((data.path() + "/tls/node.key").c_str(), 0644), 0);
  const absl::Status status = LoadOrMakeIdentity(data.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600"));
}

TEST(Identity, GarbageIsNoCertificate) {
  EXPECT_EQ(SpkiOfCertificate("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckNodeCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

struct NamesCase {
  const char* what;
  std::vector<std::string> extra;  // beside, or instead of, the right URI
  bool has_own;
};

TEST(Identity, OnlyTheOneRightNameMakesANodeCertificate) {
  KeyPtr key = MakeKey().value();
  const std::string own = "URI:" + NodeUri(SpkiOf(key.get()));
  const NamesCase cases[] = {
      {"no name", {}, false},
      {"another key's name", {"URI:" + NodeUri(Made().spki)}, false},
      {"a second URI", {"URI:spiffe://entente/other"}, true},
      {"a DNS name beside it", {"DNS:node.example"}, true},
      {"only a DNS name", {"DNS:node.example"}, false},
      {"upper-case scheme", {"URI:SPIFFE" + own.substr(10)}, false},
  };
  for (const NamesCase& c : cases) {
    std::vector<std::string> names = c.extra;
    if (c.has_own) names.push_back(own);
    X509Ptr certificate = MakeCertificate(key.get(), names).value();
    EXPECT_EQ(CheckNodeCertificate(ToPem(certificate.get()).value()).status().code(),
              absl::StatusCode::kInvalidArgument)
        << c.what;
  }
  X509Ptr right = MakeCertificate(key.get(), {own}).value();
  EXPECT_TRUE(CheckNodeCertificate(ToPem(right.get()).value()).ok());
}

}  // namespace
}  // namespace entente::rpc
