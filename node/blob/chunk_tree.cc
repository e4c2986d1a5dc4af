#include "node/blob/chunk_tree.h"

#include <utility>

#include "node/blob/blob_id.h"
#include "node/crypto/sha256.h"

namespace entente::blob {
namespace {

constexpr size_t kPathMax = 14;  // log2(kChunksMax)
static_assert(uint32_t{1} << kPathMax == kChunksMax);

Digest Parent(const Digest& left, const Digest& right) {
  return crypto::Sha256({absl::string_view("\x01", 1), left.view(), right.view()});
}

// One level of the walk from a leaf to the root.
struct Step {
  uint32_t place = 0;    // of the node on the way
  uint32_t sibling = 0;  // its place; meaningless when there is none
  bool has_sibling = false;
  bool is_right = false;
};

std::vector<Step> WayUp(uint32_t leaves, uint32_t leaf) {
  std::vector<Step> way;
  uint32_t at = leaf, first = 0, width = leaves;
  for (; width > 1; at /= 2, first += width, width = (width + 1) / 2) {
    way.push_back({.place = first + at,
                   .sibling = first + (at ^ 1),
                   .has_sibling = (at ^ 1) < width,
                   .is_right = (at & 1) != 0});
  }
  way.push_back({.place = first});  // the root
  return way;
}

}  // namespace

uint32_t TreeNodes(uint32_t leaves) {
  uint32_t nodes = leaves;
  for (uint32_t width = leaves; width > 1;) {
    width = (width + 1) / 2;
    nodes += width;
  }
  return nodes;
}

std::vector<Digest> BuildTree(std::vector<Digest> leaf_hashes) {
  std::vector<Digest> nodes = std::move(leaf_hashes);
  size_t first = 0, width = nodes.size();
  while (width > 1) {
    for (size_t i = 0; i < width; i += 2) {
      nodes.push_back(i + 1 < width ? Parent(nodes[first + i], nodes[first + i + 1])
                                    : nodes[first + i]);
    }
    first += width;
    width = (width + 1) / 2;
  }
  return nodes;
}

std::vector<uint32_t> PathPlaces(uint32_t leaves, uint32_t leaf) {
  std::vector<uint32_t> places;
  for (const Step& step : WayUp(leaves, leaf)) {
    if (step.has_sibling) places.push_back(step.sibling);
  }
  return places;
}

std::optional<std::vector<TreeNode>> VerifyPath(const Digest& root, uint32_t leaves, uint32_t leaf,
                                                const Digest& leaf_hash,
                                                absl::Span<const Digest> path) {
  if (leaf >= leaves) return std::nullopt;
  std::vector<TreeNode> learned;
  Digest hash = leaf_hash;
  size_t used = 0;
  for (const Step& step : WayUp(leaves, leaf)) {
    learned.push_back({step.place, hash});
    if (!step.has_sibling) continue;
    if (used == path.size()) return std::nullopt;
    const Digest& other = path[used++];
    learned.push_back({step.sibling, other});
    hash = step.is_right ? Parent(other, hash) : Parent(hash, other);
  }
  if (used != path.size() || hash != root) return std::nullopt;
  return learned;
}

std::optional<std::vector<Digest>> ParsePath(absl::string_view bytes) {
  if (bytes.size() % 32 != 0 || bytes.size() / 32 > kPathMax) return std::nullopt;
  std::vector<Digest> path;
  for (size_t at = 0; at < bytes.size(); at += 32) {
    path.push_back(*Digest::FromBytes(bytes.substr(at, 32)));
  }
  return path;
}

}  // namespace entente::blob
