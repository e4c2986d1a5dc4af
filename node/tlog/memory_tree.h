// A tree in memory, 64 bytes a leaf: for checking a register from its entries, and for writing its
// tiles. Whole, or from a size on of whose leaves only the right edge is known.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "node/tlog/tile.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

class MemoryTree {
 public:
  MemoryTree() = default;
  explicit MemoryTree(CompactRange begun) : range_(std::move(begun)), begun_(range_) {}

  void Append(const Digest& leaf_hash);
  uint64_t size() const { return range_.size(); }
  // Leaves below this are not held.
  uint64_t first() const { return begun_.size(); }
  // REQUIRES: first() <= index < size().
  const Digest& Leaf(uint64_t index) const { return levels_[0][index - first()]; }
  const CompactRange& range() const { return range_; }

  // Root of the first `size` leaves. REQUIRES: first() <= size <= size().
  Digest RootAt(uint64_t size) const;
  // Valid while this lives and is not changed. Of the leaves below first() it knows the edge only.
  NodeSource Source() const;
  // Hashes of a tile, which may be one of a smaller tree; empty when this tree has not so many.
  // REQUIRES: first() is 0.
  std::vector<Digest> HashesOf(const Tile& tile) const;

 private:
  CompactRange range_;
  CompactRange begun_;
  // Complete subtrees of 2^level leaves, at each level from the one that begun_ ends in.
  std::vector<std::vector<Digest>> levels_;
};

}  // namespace entente::tlog
