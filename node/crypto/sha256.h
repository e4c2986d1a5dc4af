// SHA-256 (FIPS 180-4) through OpenSSL, and the two RFC 6962 hashes built on it.
#pragma once

#include <initializer_list>

#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::crypto {

// SHA-256 of the concatenation of the parts.
base::Digest Sha256(std::initializer_list<absl::string_view> parts);
inline base::Digest Sha256(absl::string_view data) { return Sha256({data}); }

// The same, as an id of another kind.
template <class Id>
Id Sha256As(std::initializer_list<absl::string_view> parts) {
  return Id{Sha256(parts).bytes};
}

// RFC 6962 section 2.1: SHA-256(0x00 || data).
base::Digest LeafHash(absl::string_view data);

// HMAC-SHA-256 (RFC 2104).
base::Digest HmacSha256(absl::string_view key, absl::string_view data);

}  // namespace entente::crypto
