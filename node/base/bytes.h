// Fixed-width big-endian numbers in byte strings: the one way numbers are laid out in keys and
// hashes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::base {

inline void AppendU32(std::string& out, uint32_t v) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(v >> shift));
}
inline void AppendU64(std::string& out, uint64_t v) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(v >> shift));
}
// REQUIRES: in.size() >= 4 (8).
inline uint32_t ReadU32(absl::string_view in) {
  uint32_t v = 0;
  for (int i = 0; i < 4; ++i) v = v << 8 | static_cast<unsigned char>(in[i]);
  return v;
}
inline uint64_t ReadU64(absl::string_view in) {
  uint64_t v = 0;
  for (int i = 0; i < 8; ++i) v = v << 8 | static_cast<unsigned char>(in[i]);
  return v;
}

// A std::string from Abseil's view (Debian's absl::string_view is not std::string_view).
inline std::string Str(absl::string_view v) { return std::string(v.data(), v.size()); }

}  // namespace entente::base
