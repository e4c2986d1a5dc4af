#include "node/tlog/tree.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256.h"
#include "node/tlog/error.h"

namespace entente::tlog {

namespace {

// The largest power of two smaller than n. REQUIRES: n > 1.
uint64_t SplitPoint(uint64_t n) { return std::bit_floor(n - 1); }

// Leaves [first, first + count): a piece of the recursion, so `first` is a multiple of the smallest
// power of two not below `count`.
struct Piece {
  uint64_t first = 0;
  uint64_t count = 0;
  Piece Left() const { return {first, SplitPoint(count)}; }
  Piece Right() const { return {first + SplitPoint(count), count - SplitPoint(count)}; }
};

absl::StatusOr<Digest> PieceRoot(Piece piece, const NodeSource& source) {
  if (std::has_single_bit(piece.count)) {
    return source(
        {static_cast<uint32_t>(std::countr_zero(piece.count)), piece.first / piece.count});
  }
  ASSIGN_OR_RETURN(Digest left, PieceRoot(piece.Left(), source));
  ASSIGN_OR_RETURN(Digest right, PieceRoot(piece.Right(), source));
  return NodeHash(left, right);
}

absl::Status AddInclusion(uint64_t index, Piece piece, const NodeSource& source, Proof& proof) {
  if (piece.count == 1) return absl::OkStatus();
  const bool left = index - piece.first < SplitPoint(piece.count);
  RETURN_IF_ERROR(AddInclusion(index, left ? piece.Left() : piece.Right(), source, proof));
  ASSIGN_OR_RETURN(Digest sibling, PieceRoot(left ? piece.Right() : piece.Left(), source));
  proof.push_back(sibling);
  return absl::OkStatus();
}

// SUBPROOF of RFC 6962 section 2.1.2. `known`: the verifier has the root of this piece already.
absl::Status AddSubproof(uint64_t from, Piece piece, bool known, const NodeSource& source,
                         Proof& proof) {
  if (from == piece.count) {
    if (known) return absl::OkStatus();
    ASSIGN_OR_RETURN(Digest root, PieceRoot(piece, source));
    proof.push_back(root);
    return absl::OkStatus();
  }
  const uint64_t split = SplitPoint(piece.count);
  const bool left = from <= split;
  RETURN_IF_ERROR(left ? AddSubproof(from, piece.Left(), known, source, proof)
                       : AddSubproof(from - split, piece.Right(), false, source, proof));
  ASSIGN_OR_RETURN(Digest sibling, PieceRoot(left ? piece.Right() : piece.Left(), source));
  proof.push_back(sibling);
  return absl::OkStatus();
}

absl::Status CheckSize(uint64_t size) {
  if (size <= kTreeSizeMax) return absl::OkStatus();
  return ProofMalformed(absl::StrCat("tree size ", size, " is over ", kTreeSizeMax));
}

// What RFC 9162 section 2.1.4.2 computes: the roots of both trees that the nodes lead to.
struct Rebuilt {
  bool whole = false;  // the number of nodes is right
  Digest from;
  Digest to;
};

// `nodes` begins with the start node. REQUIRES: 0 < from < to.
Rebuilt Rebuild(uint64_t from, uint64_t to, const Proof& nodes) {
  Rebuilt out;
  if (nodes.empty()) return out;
  uint64_t fn = from - 1, sn = to - 1;
  while (fn & 1) fn >>= 1, sn >>= 1;
  out.from = out.to = nodes[0];
  for (size_t i = 1; i < nodes.size(); ++i) {
    if (sn == 0) return out;
    if ((fn & 1) || fn == sn) {
      out.from = NodeHash(nodes[i], out.from);
      out.to = NodeHash(nodes[i], out.to);
      while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      out.to = NodeHash(out.to, nodes[i]);
    }
    fn >>= 1, sn >>= 1;
  }
  out.whole = sn == 0;
  return out;
}

}  // namespace

Digest NodeHash(const Digest& left, const Digest& right) {
  return crypto::Sha256({absl::string_view("\1", 1), left.view(), right.view()});
}

Digest EmptyRoot() { return crypto::Sha256(""); }

absl::StatusOr<CompactRange> CompactRange::Load(uint64_t size, const NodeSource& source) {
  RETURN_IF_ERROR(CheckSize(size));
  CompactRange range;
  range.size_ = size;
  for (uint64_t first = 0; first < size;) {
    const uint64_t count = std::bit_floor(size - first);
    ASSIGN_OR_RETURN(Digest root, PieceRoot({first, count}, source));
    range.edge_.push_back(root);
    first += count;
  }
  return range;
}

std::optional<CompactRange> CompactRange::FromEdge(uint64_t size, std::vector<Digest> edge) {
  if (size > kTreeSizeMax || edge.size() != static_cast<size_t>(std::popcount(size))) {
    return std::nullopt;
  }
  CompactRange range;
  range.size_ = size;
  range.edge_ = std::move(edge);
  return range;
}

void CompactRange::Append(const Digest& leaf_hash, const Sink& sink) {
  ENTENTE_CHECK(size_ < kTreeSizeMax);
  Digest hash = leaf_hash;
  NodeAt at{0, size_};
  if (sink) sink(at, hash);
  for (; at.index & 1; ++at.level, at.index >>= 1) {
    hash = NodeHash(edge_.back(), hash);
    edge_.pop_back();
    if (sink) sink({at.level + 1, at.index >> 1}, hash);
  }
  edge_.push_back(hash);
  ++size_;
}

Digest CompactRange::Root() const {
  if (edge_.empty()) return EmptyRoot();
  Digest root = edge_.back();
  for (size_t i = edge_.size() - 1; i-- > 0;) root = NodeHash(edge_[i], root);
  return root;
}

absl::StatusOr<Digest> RootOf(uint64_t size, const NodeSource& source) {
  RETURN_IF_ERROR(CheckSize(size));
  if (size == 0) return EmptyRoot();
  return PieceRoot({0, size}, source);
}

absl::StatusOr<Proof> InclusionProof(uint64_t index, uint64_t size, const NodeSource& source) {
  RETURN_IF_ERROR(CheckSize(size));
  if (index >= size) {
    return ProofMalformed(absl::StrCat("index ", index, " is not in a tree of size ", size));
  }
  Proof proof;
  RETURN_IF_ERROR(AddInclusion(index, {0, size}, source, proof));
  return proof;
}

absl::StatusOr<Proof> ConsistencyProof(uint64_t from, uint64_t to, const NodeSource& source) {
  RETURN_IF_ERROR(CheckSize(to));
  if (from == 0 || from > to) {
    return ProofMalformed(absl::StrCat("no consistency proof leads from size ", from, " to ", to));
  }
  Proof proof;
  RETURN_IF_ERROR(AddSubproof(from, {0, to}, true, source, proof));
  return proof;
}

absl::StatusOr<Proof> InconsistencyProof(uint64_t from, uint64_t to, const NodeSource& source) {
  RETURN_IF_ERROR(CheckSize(to));
  if (from == 0 || from >= to) {
    return ProofMalformed(
        absl::StrCat("no inconsistency proof leads from size ", from, " to ", to));
  }
  Proof proof;
  RETURN_IF_ERROR(AddSubproof(from, {0, to}, false, source, proof));
  return proof;
}

bool VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf_hash, const Proof& proof,
                     const Digest& root) {
  if (index >= size || size > kTreeSizeMax) return false;
  uint64_t fn = index, sn = size - 1;
  Digest hash = leaf_hash;
  for (const Digest& node : proof) {
    if (sn == 0) return false;
    if ((fn & 1) || fn == sn) {
      hash = NodeHash(node, hash);
      while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      hash = NodeHash(hash, node);
    }
    fn >>= 1, sn >>= 1;
  }
  return sn == 0 && hash == root;
}

bool VerifyConsistency(uint64_t from, const Digest& from_root, uint64_t to, const Digest& to_root,
                       const Proof& proof) {
  if (from > to || to > kTreeSizeMax) return false;
  if (from == 0) return proof.empty();
  if (from == to) return proof.empty() && from_root == to_root;
  if (proof.empty()) return false;
  Proof nodes;
  if (std::has_single_bit(from)) nodes.push_back(from_root);
  nodes.insert(nodes.end(), proof.begin(), proof.end());
  const Rebuilt rebuilt = Rebuild(from, to, nodes);
  return rebuilt.whole && rebuilt.from == from_root && rebuilt.to == to_root;
}

bool VerifyInconsistency(uint64_t from, const Digest& from_root, uint64_t to, const Digest& to_root,
                         const Proof& proof) {
  const std::optional<Digest> root = ProvenRoot(from, to, to_root, proof);
  return root && *root != from_root;
}

std::optional<Digest> ProvenRoot(uint64_t from, uint64_t to, const Digest& to_root,
                                 const Proof& nodes) {
  if (from == 0 || from >= to || to > kTreeSizeMax) return std::nullopt;
  const Rebuilt rebuilt = Rebuild(from, to, nodes);
  if (!rebuilt.whole || rebuilt.to != to_root) return std::nullopt;
  return rebuilt.from;
}

}  // namespace entente::tlog
