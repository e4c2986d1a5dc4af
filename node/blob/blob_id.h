// What names the content of an attachment, wherever its bytes lie or travel: the root of the tree
// over its chunks, and its size. The size is part of the name because a path proves a chunk only in
// a tree of known size; an entry that lies about one names a content that nobody can complete, and
// not somebody else's.
//
// Limits. 1 GiB bounds what one entry can make a node store. A chunk is the unit of proof, of
// resumption and of memory: at 64 KiB its path (at most 14 hashes, 448 bytes) costs 0.7 %, a cut
// line loses 26 s of a GPRS link at most, and the tree of the largest content has 16 384 leaves.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "node/base/bytes.h"
#include "node/base/id.h"

namespace entente::blob {

inline constexpr uint64_t kChunkBytes = 64u << 10;
inline constexpr uint64_t kBlobBytesMax = 1u << 30;
inline constexpr uint32_t kChunksMax = kBlobBytesMax / kChunkBytes;

struct BlobId {
  base::Digest root;
  uint64_t size = 0;  // bytes, 1..kBlobBytesMax

  friend auto operator<=>(const BlobId&, const BlobId&) = default;

  bool valid() const { return size > 0 && size <= kBlobBytesMax; }
  // REQUIRES for the two: valid().
  uint32_t chunks() const { return static_cast<uint32_t>((size + kChunkBytes - 1) / kChunkBytes); }
  uint32_t chunk_size(uint32_t chunk) const {
    return static_cast<uint32_t>(std::min(kChunkBytes, size - chunk * kChunkBytes));
  }

  // 40 bytes: root, then the size, big-endian.
  std::string Encode() const {
    std::string out = root.str();
    base::AppendU64(out, size);
    return out;
  }
  // Nothing unless 40 bytes and valid().
  static std::optional<BlobId> Parse(absl::string_view bytes) {
    if (bytes.size() != 40) return std::nullopt;
    BlobId id{*base::Digest::FromBytes(bytes.substr(0, 32)), base::ReadU64(bytes.substr(32))};
    if (!id.valid()) return std::nullopt;
    return id;
  }
  // ROOT-SIZE in hex and decimal, for file names and logs.
  std::string Name() const { return absl::StrCat(root.ToHex(), "-", size); }
};

// Where a node and a backup keep a content: its bytes in a file of its Name(), the nodes of its
// tree, 32 bytes each by place, in this one.
inline std::string TreeFileName(const BlobId& id) { return id.Name() + ".tree"; }

}  // namespace entente::blob
