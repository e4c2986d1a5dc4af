#include "node/rpc/tls/peer_credentials.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/runtime/log.h"

namespace entente::rpc {

namespace {

using grpc::experimental::ExternalCertificateVerifier;
using grpc::experimental::TlsCustomVerificationCheckRequest;

absl::string_view View(grpc::string_ref text) {
  return absl::string_view(text.data(), text.size());
}

// Accepts the connection when the peer's certificate is a node certificate and `admits` says yes to
// its name.
class NodeVerifier final : public ExternalCertificateVerifier {
 public:
  using Admits = std::function<bool(const base::Spki&)>;

  explicit NodeVerifier(Admits admits) : admits_(std::move(admits)) {}

  bool Verify(TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* sync_status) override {
    const auto spki = CheckNodeCertificate(View(request->peer_cert()));
    if (!spki.ok()) {
      Refuse("malformed", "", spki.status().message(), sync_status);
    } else if (!admits_(*spki)) {
      Refuse("unknown", spki->ToHex(), "this node's key is not admitted here", sync_status);
    } else {
      *sync_status = grpc::Status::OK;
    }
    return true;  // decided now, no callback
  }

  void Cancel(TlsCustomVerificationCheckRequest*) override {}  // nothing is ever pending

 private:
  static void Refuse(absl::string_view kind, const std::string& spki, absl::string_view why,
                     grpc::Status* sync_status) {
    runtime::LogEvery(absl::StrCat("peer_refused.", kind), absl::Seconds(10),
                      runtime::LogLevel::kWarning, "peer_refused",
                      {{"peer", spki}, {"reason", why}});
    *sync_status =
        grpc::Status(grpc::StatusCode::UNAUTHENTICATED, std::string(why.data(), why.size()));
  }

  const Admits admits_;
};

// Our own certificate stands where gRPC wants roots: they are never used, because no chain is
// verified, but without any gRPC would look for the machine's certificate bundle and fail where
// there is none.
std::shared_ptr<grpc::experimental::CertificateProviderInterface> Provider(
    const Identity& identity) {
  return std::make_shared<grpc::experimental::StaticDataCertificateProvider>(
      identity.certificate_pem, std::vector<grpc::experimental::IdentityKeyCertPair>{
                                    {identity.key_pem, identity.certificate_pem}});
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> PeerServerCredentials(
    const Identity& identity, std::shared_ptr<const Membership> membership) {
  grpc::experimental::TlsServerCredentialsOptions options(Provider(identity));
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<NodeVerifier>(
      [membership = std::move(membership)](const base::Spki& spki) {
        return membership->Admits(spki);
      }));
  return grpc::experimental::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> PeerChannelCredentials(const Identity& identity,
                                                                 const base::Spki& expected) {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Provider(identity));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  options.set_certificate_verifier(ExternalCertificateVerifier::Create<NodeVerifier>(
      [expected](const base::Spki& spki) { return spki == expected; }));
  return grpc::experimental::TlsCredentials(options);
}

std::optional<base::Spki> PeerSpki(const grpc::ServerContextBase& context) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return std::nullopt;
  const auto certificates = auth->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (certificates.size() != 1) return std::nullopt;
  auto spki = CheckNodeCertificate(View(certificates[0]));
  if (!spki.ok()) return std::nullopt;
  return *spki;
}

}  // namespace entente::rpc
