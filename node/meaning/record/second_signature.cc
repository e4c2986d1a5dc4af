#include "node/meaning/record/second_signature.h"

#include "absl/strings/match.h"
#include "node/base/bytes.h"
#include "node/crypto/ed25519.h"
#include "node/crypto/sha256.h"

namespace entente::meaning {
namespace {

constexpr char kHeading[] = "entente/second-signature/v1\n";

constexpr size_t kKeyBytes = 32, kSignatureBytes = 64;
// Field 15 of 100 bytes; in it field 1 of 32 and field 2 of 64.
constexpr absl::string_view kBeforeKey("\x7a\x64\x0a\x20", 4);
constexpr absl::string_view kBeforeSignature("\x12\x40", 2);
constexpr size_t kFieldBytes =
    kBeforeKey.size() + kKeyBytes + kBeforeSignature.size() + kSignatureBytes;

}  // namespace

std::string SecondSignatureText(const base::InstrumentId& instrument, absl::string_view content) {
  return kHeading + instrument.str() + crypto::Sha256(content).str();
}

std::optional<absl::string_view> ClearedContent(absl::string_view payload) {
  if (payload.size() < kFieldBytes) return std::nullopt;
  const absl::string_view field = payload.substr(payload.size() - kFieldBytes);
  const bool as_written =
      absl::StartsWith(field, kBeforeKey) &&
      absl::StartsWith(field.substr(kBeforeKey.size() + kKeyBytes), kBeforeSignature);
  if (!as_written) return std::nullopt;
  return payload.substr(0, payload.size() - kFieldBytes);
}

bool SecondSignatureVerifies(const base::InstrumentId& instrument, absl::string_view payload) {
  const auto content = ClearedContent(payload);
  if (!content) return false;
  const absl::string_view field = payload.substr(content->size());
  const auto key = base::PublicKey::FromBytes(field.substr(kBeforeKey.size(), kKeyBytes));
  // A key that is no good point could stand for anything.
  return key && crypto::CheckPublicKey(*key).ok() &&
         crypto::Ed25519Verifier().Verify(*key, SecondSignatureText(instrument, *content),
                                          field.substr(field.size() - kSignatureBytes));
}

}  // namespace entente::meaning
