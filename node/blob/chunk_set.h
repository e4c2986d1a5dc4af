// Which chunks of a content are held: one bit each. 2 KiB for the largest content.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::blob {

class ChunkSet {
 public:
  explicit ChunkSet(uint32_t chunks) : chunks_(chunks), bits_((chunks + 7) / 8, '\0') {}

  static ChunkSet All(uint32_t chunks) {
    return Decode(chunks, std::string((chunks + 7) / 8, '\xff'));
  }
  // Bits of Encode(); what they lack is missing, and bits beyond the chunks are ignored.
  static ChunkSet Decode(uint32_t chunks, absl::string_view bits) {
    ChunkSet set(chunks);
    for (uint32_t i = 0; i < chunks; ++i) {
      if (i / 8 < bits.size() && (bits[i / 8] >> (i % 8) & 1) != 0) set.Add(i);
    }
    return set;
  }
  const std::string& Encode() const { return bits_; }

  uint32_t chunks() const { return chunks_; }
  uint32_t held() const { return held_; }
  bool complete() const { return held_ == chunks_; }
  // For these three: chunk < chunks().
  bool Has(uint32_t chunk) const { return (bits_[chunk / 8] >> (chunk % 8) & 1) != 0; }
  void Add(uint32_t chunk) {
    if (Has(chunk)) return;
    bits_[chunk / 8] = static_cast<char>(bits_[chunk / 8] | 1 << (chunk % 8));
    ++held_;
  }
  void Remove(uint32_t chunk) {
    if (!Has(chunk)) return;
    bits_[chunk / 8] = static_cast<char>(bits_[chunk / 8] & ~(1 << (chunk % 8)));
    --held_;
  }
  // The first missing chunk from `from` on; chunks() when there is none.
  uint32_t NextMissing(uint32_t from) const {
    while (from < chunks_ && Has(from)) ++from;
    return from;
  }
  // The first held chunk from `from` on; chunks() when there is none.
  uint32_t NextHeld(uint32_t from) const {
    while (from < chunks_ && !Has(from)) ++from;
    return from;
  }

 private:
  uint32_t chunks_;
  uint32_t held_ = 0;
  std::string bits_;
};

}  // namespace entente::blob
