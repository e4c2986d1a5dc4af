#include "node/crypto/sha256_stream.h"

#include <openssl/evp.h>

#include "node/base/check.h"
#include "node/crypto/openssl.h"

namespace entente::crypto {

struct Sha256Stream::Impl {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Impl() { EVP_MD_CTX_free(context); }
};

Sha256Stream::Sha256Stream() : impl_(std::make_unique<Impl>()) {
  InitOpenSsl();
  ENTENTE_CHECK(EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr) == 1);
}
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(absl::string_view piece) {
  ENTENTE_CHECK(EVP_DigestUpdate(impl_->context, piece.data(), piece.size()) == 1);
}

base::Digest Sha256Stream::Finish() {
  base::Digest digest;
  unsigned int size = 0;
  ENTENTE_CHECK(EVP_DigestFinal_ex(impl_->context, digest.bytes.data(), &size) == 1 && size == 32);
  return digest;
}

}  // namespace entente::crypto
