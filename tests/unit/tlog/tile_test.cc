#include "node/tlog/tile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::tlog {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Paths(uint64_t size) {
  std::vector<std::string> out;
  for (const Tile& tile : TilesOf(size)) {
    if (!tile.entries) out.push_back(TilePath(tile));
  }
  return out;
}

TEST(Tile, SizesWorkedOut) {
  EXPECT_THAT(Paths(0), ElementsAre());
  EXPECT_THAT(Paths(255), ElementsAre("tile/0/000.p/255"));
  EXPECT_THAT(Paths(256), ElementsAre("tile/0/000", "tile/1/000.p/1"));
  EXPECT_THAT(Paths(600),
              ElementsAre("tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"));
  const std::vector<std::string> big = Paths(70'000);
  ASSERT_EQ(big.size(), 273u + 1 + 2 + 1);
  EXPECT_EQ(big[273], "tile/0/273.p/112");
  EXPECT_EQ(big[274], "tile/1/000");
  EXPECT_EQ(big[275], "tile/1/001.p/17");
  EXPECT_EQ(big[276], "tile/2/000.p/1");
}

TEST(Tile, PathsReadBack) {
  EXPECT_EQ(TilePath({false, 0, 1234067, 256}), "tile/0/x001/x234/067");
  EXPECT_EQ(TilePath({true, 0, 1234067, 3}), "tile/entries/x001/x234/067.p/3");
  for (const Tile& tile : {Tile{false, 0, 0, 256}, Tile{false, 63, 999, 255},
                           Tile{true, 0, 1000, 1}, Tile{false, 2, 999'999'999, 17}}) {
    auto read = ParseTilePath(TilePath(tile));
    ASSERT_TRUE(read.has_value()) << TilePath(tile);
    EXPECT_EQ(*read, tile);
  }
  for (const char* path :
       {"", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/0000", "tile/00/000", "tile/64/000",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/x000/001",
        "tile/0/001/002", "tile/0/x001", "tile/../000", "/tile/0/000", "tile/0/000/",
        "tile/8/0/000", "tile/0/x001/x002/x003/x004/x005/x006/x007/008"}) {
    EXPECT_FALSE(ParseTilePath(path).has_value()) << path;
  }
}

TEST(Tile, NoPathNamesATileBeyondTheLargestTree) {
  const uint64_t numbers = kTreeSizeMax / kTileWidth;
  EXPECT_TRUE(ParseTilePath(TilePath({false, 0, numbers - 1, 256})).has_value());
  // 2^56 - 1 and 2^56: their first places are 2^64 - 256, and 0 once more.
  for (uint64_t number : {numbers, (uint64_t{1} << 56) - 1, uint64_t{1} << 56}) {
    for (bool entries : {false, true}) {
      const std::string path = TilePath({entries, 0, number, 256});
      EXPECT_FALSE(ParseTilePath(path).has_value()) << path;
    }
  }
}

TEST(Tile, ANewSizeAddsOnlyWhatChanged) {
  for (uint64_t to = 1; to < 700; to += 13) {
    for (uint64_t from = 0; from <= to; from += 29) {
      const std::vector<Tile> before = TilesOf(from), after = TilesOf(to);
      std::set<Tile> all(before.begin(), before.end());
      for (const Tile& tile : NewTiles(from, to)) all.insert(tile);
      for (const Tile& tile : after) EXPECT_TRUE(all.contains(tile)) << from << " " << to;
    }
  }
  EXPECT_TRUE(NewTiles(600, 600).empty());
}

TEST(Tile, BundlesReadBackAndRefuseDamage) {
  const std::vector<std::string> leaves = {"one", std::string(65'535, 'x'), "three"};
  const std::string bytes = EncodeEntryBundle(leaves);
  EXPECT_EQ(*DecodeEntryBundle(bytes, 3), leaves);
  EXPECT_FALSE(DecodeEntryBundle(bytes, 2).has_value());
  EXPECT_FALSE(DecodeEntryBundle(bytes, 4).has_value());
  EXPECT_FALSE(DecodeEntryBundle(bytes.substr(0, bytes.size() - 1), 3).has_value());
  EXPECT_FALSE(DecodeEntryBundle(bytes + "\1", 3).has_value());
  EXPECT_FALSE(DecodeEntryBundle("", 0).has_value());
  const std::vector<Digest> hashes = {EmptyRoot(), NodeHash(EmptyRoot(), EmptyRoot())};
  EXPECT_EQ(*DecodeHashTile(EncodeHashTile(hashes), 2), hashes);
  EXPECT_FALSE(DecodeHashTile(EncodeHashTile(hashes), 1).has_value());
}

// The tiles of a tree, each read as a file would be: level by level from the definition.
TEST(Tile, ProofsFromTilesEqualProofsFromTheTree) {
  const uint64_t size = 66'000;
  TestTree tree = TestTree::Of(size);
  uint64_t reads = 0;
  NodeSource source =
      NodesFromTiles(size, [&](const Tile& tile) -> absl::StatusOr<std::vector<Digest>> {
        ++reads;
        std::vector<Digest> hashes;
        for (uint64_t i = 0; i < tile.width; ++i) {
          hashes.push_back(tree.nodes.at({tile.level * 8, tile.number * 256 + i}));
        }
        return hashes;
      });
  EXPECT_EQ(*RootOf(size, source), tree.range.Root());
  for (uint64_t index : {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{65'536}, size - 1}) {
    EXPECT_EQ(*InclusionProof(index, size, source), *InclusionProof(index, size, tree.Source()));
    EXPECT_EQ(*ConsistencyProof(index + 1, size, source),
              *ConsistencyProof(index + 1, size, tree.Source()));
  }
  EXPECT_LT(reads, 250u);
}

}  // namespace
}  // namespace entente::tlog
