#include "node/tlog/memory_tree.h"

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/tlog/error.h"

namespace entente::tlog {

void MemoryTree::Append(const Digest& leaf_hash) {
  range_.Append(leaf_hash, [this](NodeAt at, const Digest& hash) {
    if (levels_.size() <= at.level) levels_.resize(at.level + 1);
    levels_[at.level].push_back(hash);
  });
}

Digest MemoryTree::RootAt(uint64_t size) const {
  ENTENTE_CHECK(size <= this->size());
  return *RootOf(size, Source());
}

NodeSource MemoryTree::Source() const {
  return [this](NodeAt at) -> absl::StatusOr<Digest> {
    if (at.level >= levels_.size() || at.index >= levels_[at.level].size()) {
      return ProofMalformed(absl::StrCat("the tree has only ", size(), " leaves"));
    }
    return levels_[at.level][at.index];
  };
}

std::vector<Digest> MemoryTree::HashesOf(const Tile& tile) const {
  const size_t level = size_t{tile.level} * 8;
  const uint64_t first = tile.number * kTileWidth;
  if (level >= levels_.size() || levels_[level].size() < first + tile.width) return {};
  const auto begin = levels_[level].begin() + static_cast<ptrdiff_t>(first);
  return {begin, begin + tile.width};
}

}  // namespace entente::tlog
