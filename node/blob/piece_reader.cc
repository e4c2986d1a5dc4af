#include "node/blob/piece_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/crypto/sha256.h"

namespace entente::blob {
namespace {

absl::Status Wrong(const BlobId& blob, uint32_t chunk, absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "ATTACHMENT_DAMAGED",
                     absl::StrCat("chunk ", chunk, " of ", blob.Name(), " ", what));
}

}  // namespace

absl::StatusOr<std::vector<TreeNode>> CheckChunk(const BlobId& blob, const Chunk& chunk) {
  if (chunk.number >= blob.chunks()) {
    return Wrong(blob, chunk.number, absl::StrCat("is not there: it has ", blob.chunks()));
  }
  if (chunk.data.size() != blob.chunk_size(chunk.number)) {
    return Wrong(blob, chunk.number,
                 absl::StrCat("has ", chunk.data.size(), " bytes instead of ",
                              blob.chunk_size(chunk.number)));
  }
  auto learned =
      VerifyPath(blob.root, blob.chunks(), chunk.number, crypto::LeafHash(chunk.data), chunk.path);
  if (!learned) return Wrong(blob, chunk.number, "is not what its root says");
  return *std::move(learned);
}

absl::Status PieceReader::Fault(absl::string_view what) const {
  return base::Error(absl::StatusCode::kInvalidArgument, "ATTACHMENT_DAMAGED",
                     absl::StrCat("the stream of ", blob_.Name(), " ", what));
}

absl::StatusOr<std::optional<Chunk>> PieceReader::Add(uint32_t chunk, absl::string_view data,
                                                      absl::string_view path) {
  if (data.empty() || data.size() > kPieceBytesMax) {
    return Fault(absl::StrCat("has a piece of ", data.size(), " bytes"));
  }
  if (current_.data.empty()) {
    if (chunk < next_ || chunk >= last_) {
      return Fault(
          absl::StrCat("brings chunk ", chunk, " where ", next_, " to ", last_, " were asked for"));
    }
    current_.number = chunk;
  } else if (chunk != current_.number) {
    return Fault(absl::StrCat("leaves chunk ", current_.number, " unfinished"));
  }
  const size_t whole = blob_.chunk_size(chunk);
  if (current_.data.size() + data.size() > whole) {
    return Fault(absl::StrCat("brings more of chunk ", chunk, " than its ", whole, " bytes"));
  }
  current_.data.append(data.data(), data.size());
  if (current_.data.size() < whole) {
    if (!path.empty()) return Fault("has a path before the chunk's end");
    return std::optional<Chunk>();
  }
  auto parsed = ParsePath(path);
  if (!parsed) return Fault(absl::StrCat("has a path of ", path.size(), " bytes"));
  current_.path = *std::move(parsed);
  if (auto checked = CheckChunk(blob_, current_); !checked.ok()) return checked.status();
  next_ = chunk + 1;
  return std::optional<Chunk>(std::exchange(current_, Chunk()));
}

}  // namespace entente::blob
