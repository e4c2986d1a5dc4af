#include "node/register/tree_edge.h"

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/store/schema.h"
#include "node/tlog/tile.h"

namespace entente::reg {

namespace {

constexpr uint32_t kLevelBits = 8;  // log2 of the tile width
constexpr size_t kHashBytes = 32;
constexpr size_t kFullTileBytes = tlog::kTileWidth * kHashBytes;

}  // namespace

absl::StatusOr<TreeEdge> TreeEdge::Load(const Get& get, const LogId& log, uint64_t size) {
  TreeEdge edge;
  ASSIGN_OR_RETURN(edge.range_, tlog::CompactRange::Load(size, NodesOf(get, log, size)));
  for (uint32_t level = 0;; ++level) {
    const uint64_t hashes = tlog::TileRowSize(size, level);
    if (hashes == 0) return edge;
    const size_t bytes = hashes % tlog::kTileWidth * kHashBytes;
    EdgeTile tile;
    if (bytes > 0) {
      ASSIGN_OR_RETURN(auto row, get(TileKey(log, level, hashes / tlog::kTileWidth)));
      if (!row || row->size() < bytes) {
        return base::Error(absl::StatusCode::kDataLoss, "STORE_DAMAGED",
                           "a tile of the register is missing or cut short; restore from a backup");
      }
      tile.hashes = row->substr(0, bytes);
    }
    edge.edge_.push_back(std::move(tile));
  }
}

void TreeEdge::Append(const LogId& log, const EntryId& id, storage::WriteBatch& batch) {
  range_.Append(*Digest::FromBytes(id.view()), [&](tlog::NodeAt at, const Digest& hash) {
    if (at.level % kLevelBits != 0) return;
    const uint32_t level = at.level / kLevelBits;
    if (edge_.size() <= level) edge_.resize(level + 1);
    EdgeTile& tile = edge_[level];
    tile.hashes.append(hash.view().data(), kHashBytes);
    tile.dirty = tile.hashes.size() < kFullTileBytes;
    if (tile.dirty) return;
    batch.Put(store::kRegister, TileKey(log, level, at.index / tlog::kTileWidth),
              std::exchange(tile.hashes, {}));
  });
}

void TreeEdge::StageEdge(const LogId& log, storage::WriteBatch& batch) {
  for (uint32_t level = 0; level < edge_.size(); ++level) {
    if (!std::exchange(edge_[level].dirty, false)) continue;
    batch.Put(store::kRegister,
              TileKey(log, level, tlog::TileRowSize(size(), level) / tlog::kTileWidth),
              edge_[level].hashes);
  }
}

}  // namespace entente::reg
