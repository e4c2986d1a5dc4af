#include "node/tlog/tile.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "node/base/bytes.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/ledger/text_rules.h"
#include "node/tlog/error.h"

namespace entente::tlog {

namespace {

constexpr uint32_t kBitsPerTile = 8;
// No tree has a tile beyond, and places in those below are counted without overflow.
constexpr uint64_t kTileNumbers = kTreeSizeMax / kTileWidth;

std::string NumberPath(uint64_t number) {
  std::string out = absl::StrFormat("%03d", number % 1000);
  while (number >= 1000) {
    number /= 1000;
    out = absl::StrFormat("x%03d/%s", number % 1000, out);
  }
  return out;
}

// "x001/x234/067"; the caller compares with the one spelling.
std::optional<uint64_t> ParseNumberPath(absl::string_view text) {
  uint64_t number = 0;
  size_t groups = 0;
  for (bool last = false; !last; ++groups) {
    const size_t slash = text.find('/');
    last = slash == absl::string_view::npos;
    absl::string_view group = text.substr(0, slash);
    if (!last && !absl::ConsumePrefix(&group, "x")) return std::nullopt;
    if (group.size() != 3 || groups >= 6) return std::nullopt;
    for (char c : group) {
      if (c < '0' || c > '9') return std::nullopt;
      number = number * 10 + static_cast<uint64_t>(c - '0');
    }
    if (!last) text.remove_prefix(slash + 1);
  }
  return number;
}

void AddRow(bool entries, uint32_t level, uint64_t from, uint64_t to, std::vector<Tile>& tiles) {
  for (uint64_t number = from / kTileWidth; number * kTileWidth < to; ++number) {
    const auto width =
        static_cast<uint32_t>(std::min<uint64_t>(to - number * kTileWidth, kTileWidth));
    tiles.push_back({entries, level, number, width});
  }
}

Digest RootOfHashes(const Digest* first, size_t count) {
  if (count == 1) return *first;
  return NodeHash(RootOfHashes(first, count / 2), RootOfHashes(first + count / 2, count / 2));
}

}  // namespace

std::string TilePath(const Tile& tile) {
  std::string out = tile.entries ? "tile/entries/" : absl::StrCat("tile/", tile.level, "/");
  absl::StrAppend(&out, NumberPath(tile.number));
  if (tile.width < kTileWidth) absl::StrAppend(&out, ".p/", tile.width);
  return out;
}

std::optional<Tile> ParseTilePath(absl::string_view path) {
  const absl::string_view whole = path;
  if (!absl::ConsumePrefix(&path, "tile/")) return std::nullopt;
  Tile tile;
  const size_t slash = path.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  const absl::string_view level = path.substr(0, slash);
  path.remove_prefix(slash + 1);
  tile.entries = level == "entries";
  if (!tile.entries) {
    auto number = ledger::ParseDecimal(level);
    if (!number || *number > kTileLevelMax) return std::nullopt;
    tile.level = static_cast<uint32_t>(*number);
  }
  if (const size_t partial = path.find(".p/"); partial != absl::string_view::npos) {
    auto width = ledger::ParseDecimal(path.substr(partial + 3));
    if (!width || *width == 0 || *width >= kTileWidth) return std::nullopt;
    tile.width = static_cast<uint32_t>(*width);
    path = path.substr(0, partial);
  }
  auto number = ParseNumberPath(path);
  if (!number || *number >= kTileNumbers) return std::nullopt;
  tile.number = *number;
  if (TilePath(tile) != whole) return std::nullopt;
  return tile;
}

uint64_t TileRowSize(uint64_t size, uint32_t level) {
  return level * kBitsPerTile >= 64 ? 0 : size >> (level * kBitsPerTile);
}

std::vector<Tile> TilesOf(uint64_t size) { return NewTiles(0, size); }

std::vector<Tile> NewTiles(uint64_t from, uint64_t to) {
  std::vector<Tile> tiles;
  for (uint32_t level = 0; TileRowSize(to, level) > 0; ++level) {
    const uint64_t before = TileRowSize(from, level), after = TileRowSize(to, level);
    if (after > before) AddRow(false, level, before, after, tiles);
  }
  if (to > from) AddRow(true, 0, from, to, tiles);
  return tiles;
}

std::string EncodeHashTile(const std::vector<Digest>& hashes) {
  std::string out;
  for (const Digest& hash : hashes) absl::StrAppend(&out, hash.view());
  return out;
}

std::optional<std::vector<Digest>> DecodeHashTile(absl::string_view bytes, uint32_t width) {
  if (width == 0 || width > kTileWidth || bytes.size() != size_t{32} * width) return std::nullopt;
  std::vector<Digest> hashes;
  for (; !bytes.empty(); bytes.remove_prefix(32)) {
    hashes.push_back(*Digest::FromBytes(bytes.substr(0, 32)));
  }
  return hashes;
}

std::string EncodeEntryBundle(const std::vector<std::string>& leaves) {
  std::string out;
  for (const std::string& leaf : leaves) {
    ENTENTE_CHECK(!leaf.empty() && leaf.size() <= kTileEntryBytesMax);
    out.push_back(static_cast<char>(leaf.size() >> 8));
    out.push_back(static_cast<char>(leaf.size()));
    out += leaf;
  }
  return out;
}

std::optional<std::vector<std::string>> DecodeEntryBundle(absl::string_view bytes, uint32_t width) {
  if (width == 0 || width > kTileWidth) return std::nullopt;
  std::vector<std::string> leaves;
  while (!bytes.empty()) {
    if (bytes.size() < 2 || leaves.size() == width) return std::nullopt;
    const size_t size =
        static_cast<size_t>(static_cast<uint8_t>(bytes[0])) << 8 | static_cast<uint8_t>(bytes[1]);
    if (size == 0 || bytes.size() - 2 < size) return std::nullopt;
    leaves.push_back(base::Str(bytes.substr(2, size)));
    bytes.remove_prefix(2 + size);
  }
  if (leaves.size() != width) return std::nullopt;
  return leaves;
}

NodeSource NodesFromTiles(uint64_t size, TileReader read) {
  return [size, read = std::move(read)](NodeAt at) -> absl::StatusOr<Digest> {
    // A subtree of 2^level leaves is 2^inside hashes of one tile row.
    const uint32_t level = at.level / kBitsPerTile, inside = at.level % kBitsPerTile;
    const uint64_t first = at.index << inside, count = uint64_t{1} << inside;
    const uint64_t row = TileRowSize(size, level);
    ENTENTE_CHECK(first + count <= row);
    Tile tile{false, level, first / kTileWidth, kTileWidth};
    tile.width =
        static_cast<uint32_t>(std::min<uint64_t>(row - tile.number * kTileWidth, kTileWidth));
    ASSIGN_OR_RETURN(std::vector<Digest> hashes, read(tile));
    const uint64_t skip = first % kTileWidth;
    if (hashes.size() < skip + count) {
      return ProofMalformed(absl::StrCat(TilePath(tile), " has ", hashes.size(), " hashes"));
    }
    return RootOfHashes(hashes.data() + skip, count);
  };
}

}  // namespace entente::tlog
