#include "node/crypto/sha256.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "node/base/check.h"
#include "node/crypto/openssl.h"

namespace entente::crypto {

namespace {

// Fetching an algorithm takes a lock and a string lookup, longer than hashing a header: once per
// process.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = [] {
    InitOpenSsl();
    return EVP_MD_fetch(nullptr, "SHA256", nullptr);
  }();
  ENTENTE_CHECK(algorithm != nullptr);
  return algorithm;
}

// One context per thread, used only inside one call of Sha256.
EVP_MD_CTX* ThreadContext() {
  thread_local const MdCtxPtr context(EVP_MD_CTX_new());
  ENTENTE_CHECK(context != nullptr);
  return context.get();
}

}  // namespace

base::Digest Sha256(std::initializer_list<absl::string_view> parts) {
  const EVP_MD* algorithm = Sha256Algorithm();
  EVP_MD_CTX* context = ThreadContext();
  ENTENTE_CHECK(EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
  for (absl::string_view part : parts) {
    ENTENTE_CHECK(EVP_DigestUpdate(context, part.data(), part.size()) == 1);
  }
  base::Digest digest;
  ENTENTE_CHECK(EVP_DigestFinal_ex(context, digest.bytes.data(), nullptr) == 1);
  return digest;
}

base::Digest LeafHash(absl::string_view data) { return Sha256({absl::string_view("\0", 1), data}); }

base::Digest HmacSha256(absl::string_view key, absl::string_view data) {
  base::Digest digest;
  unsigned int size = digest.bytes.size();
  const unsigned char* done = HMAC(Sha256Algorithm(), Bytes(key), static_cast<int>(key.size()),
                                   Bytes(data), data.size(), digest.bytes.data(), &size);
  ENTENTE_CHECK(done != nullptr && size == digest.bytes.size());
  return digest;
}

}  // namespace entente::crypto
