// Merkle trees over leaf hashes (RFC 6962 section 2.1 = RFC 9162 section 2.1): roots, proofs made
// and proofs checked. Pure: stored hashes come through a callback.
//
// Invariants
//  1. A proof lists the leaf's sibling first and the root's child last.
//  2. Verify functions are total: any bytes of any length give true or false, in O(log size).
//  3. Sizes are at most kTreeSizeMax, so that no sum of two sizes overflows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "node/base/id.h"

namespace entente::tlog {

using base::Digest;
using Proof = std::vector<Digest>;

inline constexpr uint64_t kTreeSizeMax = uint64_t{1} << 62;
inline constexpr size_t kProofHashesMax = 63;

// SHA-256(01 || left || right).
Digest NodeHash(const Digest& left, const Digest& right);
// SHA-256 of nothing: the root of the empty tree.
Digest EmptyRoot();

// The complete subtree over leaves [index * 2^level, (index + 1) * 2^level).
struct NodeAt {
  uint32_t level = 0;
  uint64_t index = 0;
  friend auto operator<=>(const NodeAt&, const NodeAt&) = default;
};
// A stored hash. Only complete subtrees within the size asked for are ever requested. Its errors
// are passed on unchanged.
using NodeSource = std::function<absl::StatusOr<Digest>(NodeAt)>;

// Adds leaves one by one, holding only the roots of the complete subtrees on the right edge.
class CompactRange {
 public:
  using Sink = std::function<void(NodeAt, const Digest&)>;

  CompactRange() = default;
  // Goes on at `size`; reads popcount(size) hashes. INVALID_ARGUMENT over kTreeSizeMax.
  static absl::StatusOr<CompactRange> Load(uint64_t size, const NodeSource& source);

  // Goes on at `size` from the roots that edge() gave there. Nothing: they are not so many, or the
  // size is over kTreeSizeMax.
  static std::optional<CompactRange> FromEdge(uint64_t size, std::vector<Digest> edge);

  // Calls `sink` for the leaf and every subtree it completes, lowest first. O(1) amortised.
  // REQUIRES: size() < kTreeSizeMax.
  void Append(const Digest& leaf_hash, const Sink& sink = nullptr);
  uint64_t size() const { return size_; }
  Digest Root() const;
  // Roots of the complete subtrees on the right edge, one for each bit of size(), the largest
  // first.
  const std::vector<Digest>& edge() const { return edge_; }

 private:
  uint64_t size_ = 0;
  std::vector<Digest> edge_;
};

absl::StatusOr<Digest> RootOf(uint64_t size, const NodeSource& source);

// INVALID_ARGUMENT unless index < size (0 < from <= to).
absl::StatusOr<Proof> InclusionProof(uint64_t index, uint64_t size, const NodeSource& source);
absl::StatusOr<Proof> ConsistencyProof(uint64_t from, uint64_t to, const NodeSource& source);
// Nodes of the tree of size `to` that show which root of size `from` it extends: the same
// recursion, its first node always explicit. 0 < from < to.
absl::StatusOr<Proof> InconsistencyProof(uint64_t from, uint64_t to, const NodeSource& source);

bool VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash, const Proof& proof,
                     const Digest& root);
// Does the tree (to, to_root) extend (from, from_root)? from == to: equal roots, empty proof;
// from == 0: empty proof.
bool VerifyConsistency(uint64_t from, const Digest& from_root, uint64_t to, const Digest& to_root,
                       const Proof& proof);
// Proven: the tree (to, to_root) does NOT extend (from, from_root). Sound: the nodes rebuild
// to_root at fixed places, so they are that tree's own, and an honest log cannot be framed.
bool VerifyInconsistency(uint64_t from, const Digest& from_root, uint64_t to, const Digest& to_root,
                         const Proof& proof);

// The root that the tree (to, to_root) had at size `from`; nothing: the nodes, those of an
// InconsistencyProof, do not lead to it. Sound for the same reason.
std::optional<Digest> ProvenRoot(uint64_t from, uint64_t to, const Digest& to_root,
                                 const Proof& nodes);

}  // namespace entente::tlog
