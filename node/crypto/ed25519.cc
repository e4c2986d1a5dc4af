#include "node/crypto/ed25519.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "node/base/check.h"
#include "node/crypto/openssl.h"
#include "node/crypto/private_key.h"

namespace entente::crypto {

namespace {

// OpenSSL checks neither that the key is canonical nor its order: CheckPublicKey does, once, at
// enrolment.
class OpenSslVerifier final : public Verifier {
 public:
  bool Verify(const base::PublicKey& key, absl::string_view message,
              absl::string_view signature) const override {
    if (signature.size() != sizeof(Signature)) return false;
    InitOpenSsl();
    PkeyPtr pkey(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
    if (pkey == nullptr) {
      ERR_clear_error();
      return false;
    }
    thread_local const MdCtxPtr context(EVP_MD_CTX_new());
    ENTENTE_CHECK(context != nullptr);
    EVP_MD_CTX_reset(context.get());
    bool good = EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, pkey.get()) == 1 &&
                EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                                 message.size()) == 1;
    if (!good) ERR_clear_error();
    return good;
  }
};

}  // namespace

const Verifier& Ed25519Verifier() {
  static const OpenSslVerifier* const verifier = new OpenSslVerifier;
  return *verifier;
}

PrivateKey::PrivateKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  size_t size = public_key_.bytes.size();
  ENTENTE_CHECK(impl_->key != nullptr);
  ENTENTE_CHECK(EVP_PKEY_get_raw_public_key(impl_->key.get(), public_key_.bytes.data(), &size) ==
                1);
  ENTENTE_CHECK(size == public_key_.bytes.size());
}

PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

PrivateKey PrivateKey::Generate() {
  InitOpenSsl();
  auto impl = std::make_unique<Impl>();
  impl->key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  return PrivateKey(std::move(impl));
}

PrivateKey PrivateKey::FromSeed(absl::string_view seed) {
  InitOpenSsl();
  ENTENTE_CHECK(seed.size() == 32);
  auto impl = std::make_unique<Impl>();
  impl->key.reset(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  return PrivateKey(std::move(impl));
}

Signature PrivateKey::Sign(absl::string_view message) const {
  MdCtxPtr context(EVP_MD_CTX_new());
  ENTENTE_CHECK(context != nullptr);
  ENTENTE_CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, impl_->key.get()) ==
                1);
  Signature signature{};
  size_t size = signature.size();
  ENTENTE_CHECK(
      EVP_DigestSign(context.get(), signature.data(), &size, Bytes(message), message.size()) == 1);
  ENTENTE_CHECK(size == signature.size());
  return signature;
}

}  // namespace entente::crypto
