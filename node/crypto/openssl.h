// Private to node/crypto: how this room uses OpenSSL. Every entry point calls InitOpenSsl() first.
#pragma once

#include <openssl/evp.h>

#include <memory>

#include "absl/strings/string_view.h"

namespace entente::crypto {

// Starts the library without reading any configuration file, so that no file on the machine can
// change which implementation checks a signature. Cheap after the first call; thread-safe.
void InitOpenSsl();

struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, FreePkey>;

struct FreeMdCtx {
  void operator()(EVP_MD_CTX* ctx) const { EVP_MD_CTX_free(ctx); }
};
using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, FreeMdCtx>;

// OpenSSL wants a pointer even where there is nothing to read.
inline const unsigned char* Bytes(absl::string_view v) {
  return reinterpret_cast<const unsigned char*>(v.empty() ? "" : v.data());
}

}  // namespace entente::crypto
