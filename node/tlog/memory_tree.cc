#include "node/tlog/memory_tree.h"

#include <bit>

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
  ENTENTE_CHECK(first() <= size && size <= this->size());
  return *RootOf(size, Source());
}

NodeSource MemoryTree::Source() const {
  return [this](NodeAt at) -> absl::StatusOr<Digest> {
    const uint64_t held_from = at.level < 64 ? first() >> at.level : 0;
    if (at.index + 1 == held_from && held_from % 2 == 1) {
      // Each bit of the size is one subtree on the edge, the highest first.
      return begun_.edge()[static_cast<size_t>(std::popcount(held_from)) - 1];
    }
    const uint64_t place = at.index - held_from;
    if (at.index < held_from || at.level >= levels_.size() || place >= levels_[at.level].size()) {
      return ProofMalformed(
          absl::StrCat("the tree has only the leaves from ", first(), " to ", size()));
    }
    return levels_[at.level][place];
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
