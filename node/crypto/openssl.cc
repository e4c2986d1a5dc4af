#include "node/crypto/openssl.h"

#include <openssl/crypto.h>

#include "node/base/check.h"

namespace entente::crypto {

void InitOpenSsl() {
  // NO_ATEXIT: worker threads may still hash while the process leaves main.
  static const bool started = [] {
    return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr) == 1;
  }();
  ENTENTE_CHECK(started);
}

}  // namespace entente::crypto
