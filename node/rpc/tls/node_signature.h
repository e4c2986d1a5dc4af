// Signatures by a node's TLS key over short texts outside TLS: who made a file. They say which node
// it was, and nothing about whether the contents count.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/rpc/tls/identity.h"

namespace entente::rpc {

// SubjectPublicKeyInfo, DER; its SHA-256 is identity.spki.
absl::StatusOr<std::string> PublicKeyInfo(const Identity& identity);
base::Spki SpkiOfKeyInfo(absl::string_view key_info);

// ECDSA over SHA-256, DER.
absl::StatusOr<std::string> SignAsNode(const Identity& identity, absl::string_view text);
// False also for a key that is not on P-256 and for bytes that are no key.
bool SignedByNode(absl::string_view key_info, absl::string_view text, absl::string_view signature);

}  // namespace entente::rpc
