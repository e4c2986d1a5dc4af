// The tree over a content's chunks: RFC 6962 section 2.1, leaf = SHA-256(0x00 || chunk), node =
// SHA-256(0x01 || left || right), so a chunk can never pass for a node. It is kept as levels, each
// half as wide as the one below, an odd last node going up unchanged; that is the same tree as the
// RFC's recursive one, and its nodes have fixed places: level 0 from place 0, then level 1, and so
// on. A place that holds zeros is a node not known yet.
//
// Whoever verified a chunk knows every node of its path, and can prove the chunk to others,
// whatever else of the content is missing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "node/base/id.h"

namespace entente::blob {

using base::Digest;

struct TreeNode {
  uint32_t place = 0;
  Digest hash;
};

// Nodes of a tree of so many leaves, promoted ones counted at each level they stand in. At most
// 2 * leaves + 14 for the largest content.
uint32_t TreeNodes(uint32_t leaves);

// Every node by place, from the leaf hashes. REQUIRES: at least one.
std::vector<Digest> BuildTree(std::vector<Digest> leaf_hashes);

// Places of the hashes that prove `leaf`, from the bottom. REQUIRES: leaf < leaves.
std::vector<uint32_t> PathPlaces(uint32_t leaves, uint32_t leaf);

// Does the path lead from the leaf to the root? Then the nodes it shows to be right: the leaf, the
// path's own and those above; nothing otherwise, also for a path of the wrong length or a leaf that
// is not there.
std::optional<std::vector<TreeNode>> VerifyPath(const Digest& root, uint32_t leaves, uint32_t leaf,
                                                const Digest& leaf_hash,
                                                absl::Span<const Digest> path);

// 32 bytes each; nothing when the length is no multiple, or over 14 hashes.
std::optional<std::vector<Digest>> ParsePath(absl::string_view bytes);

}  // namespace entente::blob
