// Numbers and byte runs inside packed fields: little-endian base-128 varints, as protobuf
// writes them. Reading trusts nothing: every call says whether the bytes were there.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::base {

inline void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Small for small differences of either sign.
inline uint64_t ZigZag(uint64_t difference) {
  return difference << 1 ^ (difference >> 63 != 0 ? ~uint64_t{0} : 0);
}
inline uint64_t UnZigZag(uint64_t coded) { return coded >> 1 ^ (~(coded & 1) + 1); }

class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(absl::string_view in) : rest_(in) {}

  bool empty() const { return rest_.empty(); }
  size_t size() const { return rest_.size(); }
  absl::string_view rest() const { return rest_; }

  // False: cut off, or more than 64 bits.
  bool Varint(uint64_t& value) {
    if (!rest_.empty() && static_cast<unsigned char>(rest_[0]) < 0x80) {  // most are so short
      value = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      return true;
    }
    value = 0;
    for (size_t i = 0; i < 10 && i < rest_.size(); ++i) {
      auto byte = static_cast<unsigned char>(rest_[i]);
      if (i == 9 && byte > 1) return false;
      value |= uint64_t{byte & 0x7fu} << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }
  bool Varint32(uint32_t& value) {
    uint64_t wide = 0;
    if (!Varint(wide) || wide > UINT32_MAX) return false;
    value = static_cast<uint32_t>(wide);
    return true;
  }
  bool Byte(uint8_t& value) {
    if (rest_.empty()) return false;
    value = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return true;
  }
  bool Bytes(uint64_t count, absl::string_view& value) {
    if (count > rest_.size()) return false;
    value = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return true;
  }
  template <class Id>
  bool Id32(Id& id) {
    absl::string_view raw;
    if (!Bytes(id.bytes.size(), raw)) return false;
    std::memcpy(id.bytes.data(), raw.data(), raw.size());
    return true;
  }

 private:
  absl::string_view rest_;
};

}  // namespace entente::base
