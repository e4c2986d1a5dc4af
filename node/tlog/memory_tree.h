// A whole tree in memory, 64 bytes a leaf: for checking a register from all its entries, and for
// writing its tiles.
#pragma once

#include <string>
#include <vector>

#include "node/tlog/tile.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

class MemoryTree {
 public:
  void Append(const Digest& leaf_hash);
  uint64_t size() const { return range_.size(); }
  const Digest& Leaf(uint64_t index) const { return levels_[0][index]; }

  // Root of the first `size` leaves. REQUIRES: size <= size().
  Digest RootAt(uint64_t size) const;
  // Valid while this lives and is not changed.
  NodeSource Source() const;
  // Hashes of a tile, which may be one of a smaller tree; empty when this tree has not so many.
  std::vector<Digest> HashesOf(const Tile& tile) const;

 private:
  CompactRange range_;
  std::vector<std::vector<Digest>> levels_;  // complete subtrees of 2^level leaves
};

}  // namespace entente::tlog
