// Tiles and entry bundles (C2SP tlog-tiles): where a register's hashes and leaves stand as files.
//
//   tile/L/N[.p/W]         32 * W bytes: roots of complete subtrees of 256^L leaves, L = 0..63
//   tile/entries/N[.p/W]   W times u16 big endian length, leaf
//   N in groups of three digits, all but the last with "x" in front: 1234067 is x001/x234/067
//
// A tile of width 256 is full and never changes; widths 1..255 carry ".p/W".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/tlog/tree.h"

namespace entente::tlog {

inline constexpr uint32_t kTileWidth = 256;
inline constexpr uint32_t kTileLevelMax = 63;
inline constexpr size_t kTileEntryBytesMax = 65'535;

struct Tile {
  bool entries = false;  // an entry bundle; level is 0 then
  uint32_t level = 0;
  uint64_t number = 0;
  uint32_t width = kTileWidth;  // 1..256

  friend auto operator<=>(const Tile&, const Tile&) = default;
};

std::string TilePath(const Tile& tile);
// The path as TilePath writes it, of a tile that some tree may have; else nothing.
std::optional<Tile> ParseTilePath(absl::string_view path);

// How many hashes tile level `level` has in a tree of `size` leaves: floor(size / 256^level).
uint64_t TileRowSize(uint64_t size, uint32_t level);
// Every file of a tree of that size: hash tiles level by level, then entry bundles. Do not ask for
// sizes that were not checked: the list is size / 128 long.
std::vector<Tile> TilesOf(uint64_t size);
// Files a tree of size `to` has and one of size `from` has not.
std::vector<Tile> NewTiles(uint64_t from, uint64_t to);

// Bytes of a tile of hashes; nothing unless exactly `width` hashes.
std::string EncodeHashTile(const std::vector<Digest>& hashes);
std::optional<std::vector<Digest>> DecodeHashTile(absl::string_view bytes, uint32_t width);

// REQUIRES: every leaf has 1..65 535 bytes.
std::string EncodeEntryBundle(const std::vector<std::string>& leaves);
std::optional<std::vector<std::string>> DecodeEntryBundle(absl::string_view bytes, uint32_t width);

// The node source over tiles. `read` gives the hashes of a tile (any width that suffices); only
// widths that a tree of `size` has are asked for. Hashes between tile levels are computed.
using TileReader = std::function<absl::StatusOr<std::vector<Digest>>(const Tile&)>;
NodeSource NodesFromTiles(uint64_t size, TileReader read);

}  // namespace entente::tlog
