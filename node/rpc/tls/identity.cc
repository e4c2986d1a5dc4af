#include "node/rpc/tls/identity.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/rpc/tls/certificate.h"
#include "node/rpc/tls/private_file.h"

namespace entente::rpc {

namespace {

constexpr char kUriPrefix[] = "spiffe://entente/node/";

absl::StatusOr<Identity> Certified(KeyPtr key) {
  Identity identity;
  identity.spki = SpkiOf(key.get());
  ASSIGN_OR_RETURN(X509Ptr certificate,
                   MakeCertificate(key.get(), {absl::StrCat("URI:", NodeUri(identity.spki))}));
  ASSIGN_OR_RETURN(identity.key_pem, ToPem(key.get()));
  ASSIGN_OR_RETURN(identity.certificate_pem, ToPem(certificate.get()));
  return identity;
}

absl::StatusOr<base::Spki> CheckNode(X509* certificate) {
  const std::vector<std::string> names = NamesOf(certificate);
  if (names.size() != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("a node certificate has exactly one subject alternative name, this one has ",
                     names.size()));
  }
  const base::Spki spki = SpkiOf(certificate);
  if (names[0] != NodeUri(spki)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the certificate's name is not that of its key; a certificate of this key is named ",
        NodeUri(spki)));
  }
  return spki;
}

}  // namespace

std::string NodeUri(const base::Spki& spki) { return absl::StrCat(kUriPrefix, spki.ToHex()); }

absl::StatusOr<Identity> MakeIdentity() {
  ASSIGN_OR_RETURN(KeyPtr key, MakeKey());
  return Certified(std::move(key));
}

absl::StatusOr<Identity> ParseIdentity(absl::string_view key_pem,
                                       absl::string_view certificate_pem) {
  KeyPtr key = KeyFromPem(key_pem);
  if (!key) return absl::InvalidArgumentError("the key is not an unencrypted PEM private key");
  X509Ptr certificate = CertificateFromPem(certificate_pem);
  if (!certificate) return absl::InvalidArgumentError("the certificate is not a PEM certificate");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return absl::InvalidArgumentError("the key does not belong to the certificate");
  }
  ASSIGN_OR_RETURN(const base::Spki spki, CheckNode(certificate.get()));
  return Identity{base::Str(key_pem), base::Str(certificate_pem), spki};
}

absl::StatusOr<base::Spki> SpkiOfCertificate(absl::string_view certificate_pem) {
  X509Ptr certificate = CertificateFromPem(certificate_pem);
  if (!certificate) return absl::InvalidArgumentError("not a PEM certificate");
  return SpkiOf(certificate.get());
}

absl::StatusOr<base::Spki> CheckNodeCertificate(absl::string_view certificate_pem) {
  X509Ptr certificate = CertificateFromPem(certificate_pem);
  if (!certificate) return absl::InvalidArgumentError("not a PEM certificate");
  return CheckNode(certificate.get());
}

absl::StatusOr<Identity> LoadOrMakeIdentity(const std::string& data_dir) {
  const std::string dir = absl::StrCat(data_dir, "/tls");
  const std::string key_path = absl::StrCat(dir, "/node.key");
  const std::string certificate_path = absl::StrCat(dir, "/node.crt");
  RETURN_IF_ERROR(MakePrivateDirectory(dir));
  ASSIGN_OR_RETURN(const auto key_pem, ReadPrivateFile(key_path));
  ASSIGN_OR_RETURN(const auto certificate_pem, ReadPrivateFile(certificate_path));

  if (key_pem && certificate_pem) {
    absl::StatusOr<Identity> identity = ParseIdentity(*key_pem, *certificate_pem);
    if (identity.ok()) return identity;
    return absl::FailedPreconditionError(absl::StrCat(
        "the node's TLS identity in ", dir, " cannot be used: ", identity.status().message(),
        "; restore node.key and node.crt from one backup, or move both away: the node then makes a "
        "new "
        "identity, which its delegation must announce before peers let it in"));
  }
  if (certificate_pem) {
    return absl::FailedPreconditionError(
        absl::StrCat(certificate_path, " is there but its key ", key_path,
                     " is not; restore the key from a backup, or move the certificate away: the "
                     "node then makes a new "
                     "identity, which its delegation must announce before peers let it in"));
  }
  Identity identity;
  if (key_pem) {
    KeyPtr key = KeyFromPem(*key_pem);
    if (!key) {
      return absl::FailedPreconditionError(absl::StrCat(
          key_path,
          " is not an unencrypted PEM private key; restore it from a backup or move it away"));
    }
    ASSIGN_OR_RETURN(identity, Certified(std::move(key)));
  } else {
    ASSIGN_OR_RETURN(identity, MakeIdentity());
    RETURN_IF_ERROR(WritePrivateFile(key_path, identity.key_pem));
  }
  RETURN_IF_ERROR(WritePrivateFile(certificate_path, identity.certificate_pem));
  return identity;
}

absl::StatusOr<Identity> ReadIdentity(const std::string& data_dir) {
  ASSIGN_OR_RETURN(const auto key, ReadPrivateFile(absl::StrCat(data_dir, "/tls/node.key")));
  ASSIGN_OR_RETURN(const auto certificate,
                   ReadPrivateFile(absl::StrCat(data_dir, "/tls/node.crt")));
  if (!key || !certificate) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is no TLS identity in ", data_dir, "/tls"));
  }
  return ParseIdentity(*key, *certificate);
}

}  // namespace entente::rpc
