// The node's TLS identity. There is no certificate authority: a node is named by the SHA-256 of its
// public key info (SPKI), and its delegation's credentials say which names are its nodes.
//
// A node certificate is self-signed over a P-256 key, CA:FALSE, for TLS client and server, never
// expires (notAfter 99991231235959Z, RFC 5280 section 4.1.2.5), and bears exactly one subject
// alternative name, a URI:
//   spiffe://entente/node/<64 hex digits: SHA-256 of the SPKI>
// Expiry decides nothing; what a peer may do is asked of the credentials, by the SPKI.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::rpc {

struct Identity {
  std::string key_pem;          // PKCS#8, plain; never logged
  std::string certificate_pem;  // one certificate
  base::Spki spki;
};

// The only subject alternative name of the node with this key.
std::string NodeUri(const base::Spki& spki);

// A new key and its certificate.
absl::StatusOr<Identity> MakeIdentity();

// Checks what a file or an operator gave: the key belongs to the certificate, and the certificate
// is one that peers accept. INVALID_ARGUMENT says which is not so.
absl::StatusOr<Identity> ParseIdentity(absl::string_view key_pem,
                                       absl::string_view certificate_pem);

// DATA/tls/node.key and DATA/tls/node.crt. Neither there: made and written (directory 0700, files
// 0600, each synced and renamed into place, the key before the certificate). Only the key there: a
// start that was cut short; the certificate is made again for it. FAILED_PRECONDITION: a
// certificate without its key, a pair that does not belong together, or files others may read; the
// message says which and what to do.
absl::StatusOr<Identity> LoadOrMakeIdentity(const std::string& data_dir);

// The same, but nothing is made: FAILED_PRECONDITION when one of the two is not there.
absl::StatusOr<Identity> ReadIdentity(const std::string& data_dir);

// SHA-256 of the SPKI of the first certificate in the text; INVALID_ARGUMENT when there is none.
absl::StatusOr<base::Spki> SpkiOfCertificate(absl::string_view certificate_pem);

// The SPKI when the certificate is a node certificate: exactly one subject alternative name, and it
// is NodeUri of the certificate's own key. Says nothing about whom the key speaks for.
absl::StatusOr<base::Spki> CheckNodeCertificate(absl::string_view certificate_pem);

}  // namespace entente::rpc
