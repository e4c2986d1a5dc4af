// Which public keys may be enrolled. OpenSSL accepts any 32 bytes as an Ed25519 key; a key of small
// or mixed order lets one signature stand for several messages, and a second encoding of a key
// would be a second name.
#include <sodium.h>

#include <array>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/error.h"
#include "node/crypto/ed25519.h"

namespace entente::crypto {

namespace {

using Bytes32 = std::array<uint8_t, 32>;

// The y coordinate of the encoding (RFC 8032 section 5.1.2): 255 bits, little endian; the top bit
// is x's sign.
Bytes32 Y(const base::PublicKey& key) {
  Bytes32 y = key.bytes;
  y[31] &= 0x7f;
  return y;
}

// y < p = 2^255 - 19.
bool IsReduced(const Bytes32& y) {
  if (y[31] != 0x7f || y[0] < 0xed) return true;
  for (int i = 1; i < 31; ++i) {
    if (y[i] != 0xff) return true;
  }
  return false;
}

// The five y coordinates of the eight points whose order divides 8.
constexpr const char* kSmallOrderY[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
    "0100000000000000000000000000000000000000000000000000000000000000",  // order 1, the identity
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 2
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // order 8
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  // order 8
};

bool IsSmallOrder(const Bytes32& y) {
  std::string hex = base::PublicKey{y}.ToHex();
  for (const char* small : kSmallOrderY) {
    if (hex == small) return true;
  }
  return false;
}

// Adding decodes its operands and fails only if they are not on the curve.
bool IsOnCurve(const base::PublicKey& key) {
  Bytes32 sum;
  return crypto_core_ed25519_add(sum.data(), key.bytes.data(), key.bytes.data()) == 0;
}

absl::Status Unacceptable(const base::PublicKey& key, absl::string_view why) {
  return base::Error(absl::StatusCode::kInvalidArgument, "KEY_UNACCEPTABLE",
                     absl::StrCat("the public key ", key.ToHex(), " cannot be enrolled: ", why,
                                  "; make a new one with: entente key new"));
}

}  // namespace

absl::Status CheckPublicKey(const base::PublicKey& key) {
  static const bool started = sodium_init() >= 0;
  ENTENTE_CHECK(started);
  Bytes32 y = Y(key);
  if (!IsReduced(y)) {
    return Unacceptable(key, "it is not canonical (its y coordinate is not below 2^255 - 19)");
  }
  if (IsSmallOrder(y)) {
    return Unacceptable(key, "it is a point of small order, for which signatures prove nothing");
  }
  if (!IsOnCurve(key)) return Unacceptable(key, "it is not a point of the curve");
  if (crypto_core_ed25519_is_valid_point(key.bytes.data()) != 1) {
    return Unacceptable(key, "it is a point of mixed order, outside the prime-order subgroup");
  }
  return absl::OkStatus();
}

}  // namespace entente::crypto
