// The certificate of whoever connects, before anything else is known of him.
#include "node/rpc/tls/certificate.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(certificate, input) {
  if (const rpc::KeyPtr key = rpc::KeyFromPem(input)) rpc::SpkiOf(key.get());
  const rpc::X509Ptr certificate = rpc::CertificateFromPem(input);
  if (!certificate) return;
  size_t bytes = 0;
  for (const std::string& name : rpc::NamesOf(certificate.get())) bytes += name.size();
  FUZZ_CHECK(bytes <= 32 * input.size());
  const auto pem = rpc::ToPem(certificate.get());
  if (!pem.ok()) return;
  const rpc::X509Ptr again = rpc::CertificateFromPem(*pem);
  FUZZ_CHECK(again != nullptr);
  FUZZ_CHECK(rpc::SpkiOf(again.get()) == rpc::SpkiOf(certificate.get()));
  FUZZ_CHECK(rpc::NamesOf(again.get()) == rpc::NamesOf(certificate.get()));
}

}  // namespace entente::fuzz
