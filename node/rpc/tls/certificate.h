// X.509 through OpenSSL: the few operations node certificates need. Used by identity.cc and by
// tests that make certificates a node would refuse.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::rpc {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyFree>;
using X509Ptr = std::unique_ptr<X509, X509Free>;

// A new P-256 key; INTERNAL when OpenSSL cannot make one.
absl::StatusOr<KeyPtr> MakeKey();

// Self-signed by `key`, with these subject alternative names in OpenSSL's configuration form
// ("URI:spiffe://...", "DNS:..."); none when empty.
absl::StatusOr<X509Ptr> MakeCertificate(EVP_PKEY* key, const std::vector<std::string>& names);

// Nothing when the text holds no such object. Encrypted keys are not asked for a passphrase; they
// are refused.
KeyPtr KeyFromPem(absl::string_view pem);
X509Ptr CertificateFromPem(absl::string_view pem);

absl::StatusOr<std::string> ToPem(EVP_PKEY* key);
absl::StatusOr<std::string> ToPem(X509* certificate);

base::Spki SpkiOf(X509* certificate);
base::Spki SpkiOf(EVP_PKEY* key);

// Every subject alternative name; those that are not URIs as "other:<kind>".
std::vector<std::string> NamesOf(X509* certificate);

}  // namespace entente::rpc
