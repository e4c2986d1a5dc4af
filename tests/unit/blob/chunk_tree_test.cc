// The tree over chunks against RFC 6962's own definition, and paths that must not prove anything.
#include "node/blob/chunk_tree.h"

#include <algorithm>
#include <random>

#include "gtest/gtest.h"
#include "node/blob/blob_id.h"
#include "node/blob/chunk_set.h"
#include "node/crypto/sha256.h"

namespace entente::blob {
namespace {

// RFC 6962, section 2.1, word for word: slow and obvious.
Digest RecursiveRoot(absl::Span<const Digest> leaves) {
  if (leaves.size() == 1) return leaves[0];
  size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  const Digest left = RecursiveRoot(leaves.first(k)), right = RecursiveRoot(leaves.subspan(k));
  return crypto::Sha256({absl::string_view("\x01", 1), left.view(), right.view()});
}

// RFC 6962, section 2.1.1.
void RecursivePath(absl::Span<const Digest> leaves, size_t leaf, std::vector<Digest>& path) {
  if (leaves.size() == 1) return;
  size_t k = 1;
  while (2 * k < leaves.size()) k *= 2;
  if (leaf < k) {
    RecursivePath(leaves.first(k), leaf, path);
    path.push_back(RecursiveRoot(leaves.subspan(k)));
  } else {
    RecursivePath(leaves.subspan(k), leaf - k, path);
    path.push_back(RecursiveRoot(leaves.first(k)));
  }
}

std::vector<Digest> Leaves(uint32_t count) {
  std::vector<Digest> leaves;
  for (uint32_t i = 0; i < count; ++i) leaves.push_back(crypto::LeafHash(std::to_string(i)));
  return leaves;
}

std::vector<Digest> PathIn(const std::vector<Digest>& tree, uint32_t leaves, uint32_t leaf) {
  std::vector<Digest> path;
  for (uint32_t place : PathPlaces(leaves, leaf)) path.push_back(tree[place]);
  return path;
}

TEST(ChunkTree, IsTheTreeOfTheRfcForEverySizeUpTo300) {
  for (uint32_t count = 1; count <= 300; ++count) {
    const std::vector<Digest> leaves = Leaves(count);
    const std::vector<Digest> tree = BuildTree(leaves);
    ASSERT_EQ(tree.size(), TreeNodes(count));
    ASSERT_EQ(tree.back(), RecursiveRoot(leaves)) << count;
    for (uint32_t leaf = 0; leaf < count; ++leaf) {
      std::vector<Digest> path;
      RecursivePath(leaves, leaf, path);
      ASSERT_EQ(PathIn(tree, count, leaf), path) << count << " " << leaf;
      ASSERT_TRUE(VerifyPath(tree.back(), count, leaf, leaves[leaf], path));
    }
  }
}

TEST(ChunkTree, WhatAPathTeachesIsTheTree) {
  const uint32_t count = 37;
  const std::vector<Digest> tree = BuildTree(Leaves(count));
  std::vector<Digest> learned(tree.size());
  for (uint32_t leaf = 0; leaf < count; ++leaf) {
    auto nodes = VerifyPath(tree.back(), count, leaf, tree[leaf], PathIn(tree, count, leaf));
    ASSERT_TRUE(nodes);
    for (const TreeNode& node : *nodes) learned.at(node.place) = node.hash;
    // And so the chunk can be proven to others at once.
    EXPECT_EQ(PathIn(learned, count, leaf), PathIn(tree, count, leaf));
  }
  EXPECT_EQ(learned, tree);
}

TEST(ChunkTree, NoOtherLeafPlaceSizeOrPathIsProven) {
  const uint64_t seed = 20260101;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 2000; ++round) {
    const uint32_t count = 1 + random() % 100, leaf = random() % count;
    const std::vector<Digest> tree = BuildTree(Leaves(count));
    std::vector<Digest> path = PathIn(tree, count, leaf);
    EXPECT_FALSE(VerifyPath(tree.back(), count, leaf, crypto::LeafHash("other"), path));
    EXPECT_FALSE(VerifyPath(tree.back(), count, count + random() % 5, tree[leaf], path));
    if (count > 1) {
      const uint32_t other = (leaf + 1 + random() % (count - 1)) % count;
      EXPECT_FALSE(VerifyPath(tree.back(), count, other, tree[leaf], path));
      std::vector<Digest> changed = path;
      changed[random() % changed.size()].bytes[random() % 32] ^= 1;
      EXPECT_FALSE(VerifyPath(tree.back(), count, leaf, tree[leaf], changed));
      std::vector<Digest> shorter(path.begin(), path.end() - 1);
      EXPECT_FALSE(VerifyPath(tree.back(), count, leaf, tree[leaf], shorter));
    }
    std::vector<Digest> longer = path;
    longer.push_back(Digest{});
    EXPECT_FALSE(VerifyPath(tree.back(), count, leaf, tree[leaf], longer));
  }
}

// An inner node handed out as a leaf: RFC 6962's prefixes keep them apart.
TEST(ChunkTree, ANodeIsNoLeaf) {
  const std::vector<Digest> tree = BuildTree(Leaves(4));
  EXPECT_FALSE(VerifyPath(tree.back(), 2, 0, crypto::LeafHash(tree[0].str() + tree[1].str()),
                          std::vector<Digest>{tree[5]}));
}

TEST(ChunkTree, TheLargestContentHasPathsOf14Hashes) {
  EXPECT_EQ(PathPlaces(kChunksMax, 0).size(), 14u);
  EXPECT_EQ(TreeNodes(kChunksMax), 2 * kChunksMax - 1);
  EXPECT_TRUE(ParsePath(std::string(14 * 32, 'x')));
  EXPECT_FALSE(ParsePath(std::string(15 * 32, 'x')));
  EXPECT_FALSE(ParsePath(std::string(33, 'x')));
}

TEST(BlobId, SizesAndChunks) {
  BlobId id{Digest{}, 1};
  EXPECT_EQ(id.chunks(), 1u);
  EXPECT_EQ(id.chunk_size(0), 1u);
  id.size = kChunkBytes;
  EXPECT_EQ(id.chunks(), 1u);
  id.size = kChunkBytes + 1;
  EXPECT_EQ(id.chunks(), 2u);
  EXPECT_EQ(id.chunk_size(1), 1u);
  id.size = kBlobBytesMax;
  EXPECT_EQ(id.chunks(), kChunksMax);
  EXPECT_EQ(BlobId::Parse(id.Encode()), id);
  id.size = kBlobBytesMax + 1;
  EXPECT_FALSE(BlobId::Parse(id.Encode()));
  id.size = 0;
  EXPECT_FALSE(BlobId::Parse(id.Encode()));
  EXPECT_FALSE(BlobId::Parse(std::string(39, 'x')));
}

TEST(ChunkSet, BitsComeAndGoAndBeyondTheEndAreIgnored) {
  ChunkSet set = ChunkSet::Decode(11, std::string("\xff\xff\xff", 3));
  EXPECT_TRUE(set.complete());
  EXPECT_EQ(set.Encode(), std::string("\xff\x07", 2));
  set.Remove(3);
  set.Remove(3);
  EXPECT_EQ(set.held(), 10u);
  EXPECT_EQ(set.NextMissing(0), 3u);
  EXPECT_EQ(set.NextMissing(4), 11u);
  EXPECT_EQ(ChunkSet::Decode(11, "").NextHeld(0), 11u);
  EXPECT_EQ(ChunkSet::Decode(11, std::string("\x00\x02", 2)).NextHeld(0), 9u);
}

}  // namespace
}  // namespace entente::blob
