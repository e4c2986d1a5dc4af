#include "node/rpc/tls/node_signature.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

#include <memory>

#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/rpc/tls/certificate.h"

namespace entente::rpc {

namespace {

struct DigestContextFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestContextFree>;

const unsigned char* Octets(absl::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

absl::Status CannotSign() {
  ERR_clear_error();
  return absl::InternalError("the node's TLS key cannot sign; entente doctor examines it");
}

bool OnP256(const EVP_PKEY* key) {
  char group[32];
  size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof(group), &length) == 1 &&
         std::string(group, length) == SN_X9_62_prime256v1;
}

}  // namespace

absl::StatusOr<std::string> PublicKeyInfo(const Identity& identity) {
  const KeyPtr key = KeyFromPem(identity.key_pem);
  unsigned char* der = nullptr;
  const int size = key ? i2d_PUBKEY(key.get(), &der) : 0;
  if (size <= 0) return CannotSign();
  std::string out(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

base::Spki SpkiOfKeyInfo(absl::string_view key_info) {
  return crypto::Sha256As<base::Spki>({key_info});
}

absl::StatusOr<std::string> SignAsNode(const Identity& identity, absl::string_view text) {
  const KeyPtr key = KeyFromPem(identity.key_pem);
  const DigestContext context(EVP_MD_CTX_new());
  size_t size = 0;
  if (!key || !context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, Octets(text), text.size()) != 1) {
    return CannotSign();
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Octets(text), text.size()) != 1) {
    return CannotSign();
  }
  signature.resize(size);
  return signature;
}

bool SignedByNode(absl::string_view key_info, absl::string_view text, absl::string_view signature) {
  const unsigned char* at = Octets(key_info);
  const KeyPtr key(d2i_PUBKEY(nullptr, &at, static_cast<long>(key_info.size())));
  const DigestContext context(EVP_MD_CTX_new());
  const bool good =
      key && at == Octets(key_info) + key_info.size() && OnP256(key.get()) && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), Octets(signature), signature.size(), Octets(text),
                       text.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace entente::rpc
