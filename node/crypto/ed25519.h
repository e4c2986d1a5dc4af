// Ed25519 (RFC 8032, PureEdDSA) through OpenSSL's one-shot calls: cofactorless equation, S < L.
// Known answers: tests/golden/ed25519-cases.tsv.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::crypto {

using Signature = std::array<uint8_t, 64>;

inline absl::string_view View(const Signature& s) {
  return absl::string_view(reinterpret_cast<const char*>(s.data()), s.size());
}

// The signature port: pure, thread-safe. The simulator's sweeps pass a cheap keyed hash instead.
class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual bool Verify(const base::PublicKey& key, absl::string_view message,
                      absl::string_view signature) const = 0;
};

// The real one. Lives for the whole process.
const Verifier& Ed25519Verifier();

// Why a public key may not be enrolled, or OK: canonical (y < p), not small-order, in the
// prime-order subgroup. A pure function of the 32 bytes, asked at enrolment by every node.
absl::Status CheckPublicKey(const base::PublicKey& key);

// A private key in memory; wiped on destruction. Only clients and the tests hold author keys.
class PrivateKey {
 public:
  static PrivateKey Generate();
  // 32-byte RFC 8032 seed; for tests and golden vectors.
  static PrivateKey FromSeed(absl::string_view seed);

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey();

  const base::PublicKey& public_key() const { return public_key_; }
  Signature Sign(absl::string_view message) const;

  // PKCS#8 PEM, encrypted with PBES2 (scrypt N=2^14 r=8 p=5, AES-256-CBC); an empty passphrase
  // writes it plain.
  absl::StatusOr<std::string> ToPem(absl::string_view passphrase) const;
  // INVALID_ARGUMENT: not a PEM Ed25519 key; PERMISSION_DENIED: wrong or missing passphrase.
  static absl::StatusOr<PrivateKey> FromPem(absl::string_view pem, absl::string_view passphrase);

 private:
  struct Impl;
  explicit PrivateKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  base::PublicKey public_key_;
};

// SubjectPublicKeyInfo PEM of a raw key, for `openssl pkeyutl -verify`.
std::string PublicKeyPem(const base::PublicKey& key);

}  // namespace entente::crypto
