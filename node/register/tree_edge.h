// The growing end of a register's tree: takes ids, stages tile rows. A value: news from another
// node is tried on a copy and dropped if it does not hold.
#pragma once

#include <string>
#include <vector>

#include "node/register/rows.h"
#include "node/tlog/tree.h"

namespace entente::reg {

class TreeEdge {
 public:
  TreeEdge() = default;
  // Goes on at `size` from the tile rows. DATA_LOSS when they do not reach it.
  static absl::StatusOr<TreeEdge> Load(const Get& get, const LogId& log, uint64_t size);

  // Tiles that become full are staged at once, the others by StageEdge, so that a tile is written
  // once however many leaves came together.
  void Append(const LogId& log, const EntryId& id, storage::WriteBatch& batch);
  void StageEdge(const LogId& log, storage::WriteBatch& batch);

  uint64_t size() const { return range_.size(); }
  Digest Root() const { return range_.Root(); }

 private:
  struct EdgeTile {
    std::string hashes;
    bool dirty = false;
  };
  tlog::CompactRange range_;
  std::vector<EdgeTile> edge_;  // by tile level: the tile that is not full
};

}  // namespace entente::reg
