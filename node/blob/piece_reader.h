// Takes a peer's pieces of a content and gives out whole, proven chunks. Holds one chunk at most:
// whatever the peer sends, memory is bounded by what a chunk and a path may be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/blob/blob_id.h"
#include "node/blob/chunk_tree.h"

namespace entente::blob {

inline constexpr size_t kPieceBytesMax = 16u << 10;

struct Chunk {
  uint32_t number = 0;
  std::string data;
  std::vector<Digest> path;
};

// Is this chunk of the right size and proven? The nodes it shows to be right; INVALID_ARGUMENT says
// what is wrong with it, naming the chunk.
absl::StatusOr<std::vector<TreeNode>> CheckChunk(const BlobId& blob, const Chunk& chunk);

class PieceReader {
 public:
  // Chunks first..last-1 are expected, ascending; any may be left out. REQUIRES: last <= chunks().
  PieceReader(const BlobId& blob, uint32_t first, uint32_t last)
      : blob_(blob), next_(first), last_(last) {}

  // The chunk that this piece completes, checked. INVALID_ARGUMENT: the peer broke the rules, and
  // nothing more is taken from it.
  absl::StatusOr<std::optional<Chunk>> Add(uint32_t chunk, absl::string_view data,
                                           absl::string_view path);

 private:
  absl::Status Fault(absl::string_view what) const;

  const BlobId blob_;
  uint32_t next_;
  const uint32_t last_;
  Chunk current_;  // empty data: none begun
};

}  // namespace entente::blob
