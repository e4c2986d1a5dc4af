#include "node/blob/content_hash.h"

#include <algorithm>
#include <utility>

#include "node/blob/chunk_tree.h"
#include "node/crypto/sha256.h"

namespace entente::blob {

void ContentHash::Add(absl::string_view piece) {
  whole_.Add(piece);
  size_ += piece.size();
  while (!piece.empty()) {
    const absl::string_view part = piece.substr(0, kChunkBytes - rest_.size());
    piece.remove_prefix(part.size());
    if (rest_.empty() && part.size() == kChunkBytes) {
      leaves_.push_back(crypto::LeafHash(part));
      continue;
    }
    rest_.append(part.data(), part.size());
    if (rest_.size() < kChunkBytes) return;
    leaves_.push_back(crypto::LeafHash(rest_));
    rest_.clear();
  }
}

HashedContent ContentHash::Finish() {
  if (!rest_.empty()) leaves_.push_back(crypto::LeafHash(rest_));
  HashedContent out;
  out.sha256 = whole_.Finish();
  out.tree = BuildTree(std::move(leaves_));
  out.blob = {out.tree.back(), size_};
  return out;
}

}  // namespace entente::blob
