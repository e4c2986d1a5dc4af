// SipHash-2-4 with a 64-bit result: a keyed hash for short input whose collisions nobody can
// prepare without the key. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF"
// (2012).
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace entente::sync {

struct SipKey {
  uint64_t k0 = 0, k1 = 0;
  // REQUIRES: 16 bytes; little-endian, as in the paper.
  static SipKey FromBytes(absl::string_view bytes);
};

uint64_t SipHash(const SipKey& key, absl::string_view in);

}  // namespace entente::sync
