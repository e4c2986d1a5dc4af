// Private to node/crypto: what a PrivateKey holds. OpenSSL clears the key's memory when it is
// freed.
#pragma once

#include "node/crypto/ed25519.h"
#include "node/crypto/openssl.h"

namespace entente::crypto {

struct PrivateKey::Impl {
  PkeyPtr key;
};

}  // namespace entente::crypto
