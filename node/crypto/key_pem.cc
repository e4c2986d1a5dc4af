// Keys as PEM text: PKCS#8 (RFC 5958), encrypted with PBES2 (RFC 8018) and scrypt (RFC 7914); SPKI
// (RFC 8410).
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "absl/strings/match.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/crypto/ed25519.h"
#include "node/crypto/openssl.h"
#include "node/crypto/private_key.h"

namespace entente::crypto {

namespace {

// 16 MiB of memory: the most that OpenSSL 3.0 agrees to read back.
constexpr uint64_t kScryptN = 1 << 14;
constexpr uint64_t kScryptR = 8;
constexpr uint64_t kScryptP = 5;
constexpr int kSaltBytes = 16;
// A key file is some 450 bytes; more is not one.
constexpr size_t kPemBytesMax = 16 * 1024;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using BioPtr = std::unique_ptr<BIO, FreeBio>;
struct FreeInfo {
  void operator()(PKCS8_PRIV_KEY_INFO* info) const { PKCS8_PRIV_KEY_INFO_free(info); }
};
using InfoPtr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeInfo>;
struct FreeSig {
  void operator()(X509_SIG* sig) const { X509_SIG_free(sig); }
};
using SigPtr = std::unique_ptr<X509_SIG, FreeSig>;
struct FreeAlgor {
  void operator()(X509_ALGOR* algor) const { X509_ALGOR_free(algor); }
};
using AlgorPtr = std::unique_ptr<X509_ALGOR, FreeAlgor>;

std::string Contents(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

SigPtr Encrypt(PKCS8_PRIV_KEY_INFO* info, absl::string_view passphrase) {
  unsigned char salt[kSaltBytes];
  if (RAND_bytes(salt, sizeof(salt)) != 1) return nullptr;
  AlgorPtr algor(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, sizeof(salt), nullptr, kScryptN,
                                       kScryptR, kScryptP));
  if (algor == nullptr) return nullptr;
  SigPtr sig(
      PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()), info, algor.get()));
  if (sig != nullptr) algor.release();  // now owned by sig
  return sig;
}

absl::Status NotAKey(absl::string_view what) {
  ERR_clear_error();
  return absl::InvalidArgumentError(base::Str(what));
}

absl::StatusOr<InfoPtr> ReadEncrypted(BIO* bio, absl::string_view passphrase) {
  SigPtr sig(PEM_read_bio_PKCS8(bio, nullptr, nullptr, nullptr));
  if (sig == nullptr)
    return NotAKey("the encrypted private key is damaged: its PEM does not parse");
  if (passphrase.empty()) {
    return absl::PermissionDeniedError("the private key is encrypted and no passphrase was given");
  }
  InfoPtr info(PKCS8_decrypt(sig.get(), passphrase.data(), static_cast<int>(passphrase.size())));
  if (info == nullptr) {
    ERR_clear_error();
    return absl::PermissionDeniedError("the passphrase does not open this private key");
  }
  return info;
}

absl::StatusOr<InfoPtr> ReadPlain(BIO* bio) {
  InfoPtr info(PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio, nullptr, nullptr, nullptr));
  if (info == nullptr) return NotAKey("not a private key: no PKCS#8 PEM block that parses");
  return info;
}

}  // namespace

absl::StatusOr<std::string> PrivateKey::ToPem(absl::string_view passphrase) const {
  InfoPtr info(EVP_PKEY2PKCS8(impl_->key.get()));
  // Secure memory where the system gives it: the plain form holds the key itself.
  BioPtr bio(BIO_new(BIO_s_secmem()));
  bool done = info != nullptr && bio != nullptr;
  if (done && passphrase.empty()) {
    done = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio.get(), info.get()) == 1;
  } else if (done) {
    SigPtr sig = Encrypt(info.get(), passphrase);
    done = sig != nullptr && PEM_write_bio_PKCS8(bio.get(), sig.get()) == 1;
  }
  if (!done) {
    ERR_clear_error();
    return absl::InternalError("OpenSSL could not write the private key as PEM");
  }
  return Contents(bio.get());
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(absl::string_view pem,
                                               absl::string_view passphrase) {
  InitOpenSsl();
  if (pem.size() > kPemBytesMax) return NotAKey("not a private key: the file is over 16 KiB");
  BioPtr bio(BIO_new_mem_buf(Bytes(pem), static_cast<int>(pem.size())));
  ENTENTE_CHECK(bio != nullptr);
  bool encrypted = absl::StrContains(pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----");
  absl::StatusOr<InfoPtr> info =
      encrypted ? ReadEncrypted(bio.get(), passphrase) : ReadPlain(bio.get());
  if (!info.ok()) return info.status();
  PkeyPtr key(EVP_PKCS82PKEY(info->get()));
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) {
    return NotAKey("the private key is not an Ed25519 key; make one with: entente key new");
  }
  auto impl = std::make_unique<Impl>();
  impl->key = std::move(key);
  return PrivateKey(std::move(impl));
}

std::string PublicKeyPem(const base::PublicKey& key) {
  InitOpenSsl();
  PkeyPtr pkey(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
  BioPtr bio(BIO_new(BIO_s_mem()));
  ENTENTE_CHECK(pkey != nullptr && bio != nullptr);
  ENTENTE_CHECK(PEM_write_bio_PUBKEY(bio.get(), pkey.get()) == 1);
  return Contents(bio.get());
}

}  // namespace entente::crypto
