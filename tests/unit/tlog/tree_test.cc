#include "node/tlog/tree.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_split.h"
#include "node/tlog/memory_tree.h"
#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::tlog {
namespace {

// ---- the slow tree: RFC 6962 sections 2.1.1 and 2.1.2 as they are written

size_t SlowSplit(size_t count) {
  size_t split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

Proof SlowPath(const std::vector<Digest>& d, size_t m, size_t first, size_t count) {
  if (count == 1) return {};
  const size_t k = SlowSplit(count);
  Proof path = m < k ? SlowPath(d, m, first, k) : SlowPath(d, m - k, first + k, count - k);
  path.push_back(m < k ? SlowRoot(d, first + k, count - k) : SlowRoot(d, first, k));
  return path;
}

Proof SlowSubproof(const std::vector<Digest>& d, size_t m, size_t first, size_t count, bool b) {
  if (m == count) return b ? Proof{} : Proof{SlowRoot(d, first, count)};
  const size_t k = SlowSplit(count);
  Proof p = m <= k ? SlowSubproof(d, m, first, k, b)
                   : SlowSubproof(d, m - k, first + k, count - k, false);
  p.push_back(m <= k ? SlowRoot(d, first + k, count - k) : SlowRoot(d, first, k));
  return p;
}

// ---- known answers

std::vector<Digest> ReferenceLeaves() {
  std::vector<Digest> leaves;
  for (absl::string_view hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                "606162636465666768696a6b6c6d6e6f"}) {
    leaves.push_back(crypto::LeafHash(*base::FromHex(hex)));
  }
  return leaves;
}

TEST(Tree, KnownAnswers) {
  TestTree tree;
  for (const Digest& leaf : ReferenceLeaves()) tree.Append(leaf);
  size_t rows = 0;
  for (absl::string_view line : absl::StrSplit(Golden("rfc6962.tsv"), '\n', absl::SkipEmpty())) {
    const std::vector<std::string> row = absl::StrSplit(line, '\t');
    const std::vector<std::string> what = absl::StrSplit(row[0], ' ');
    const uint64_t a = std::stoull(what[1]), b = what.size() > 2 ? std::stoull(what[2]) : 0;
    Proof want;
    for (absl::string_view hex : absl::StrSplit(row[1], ' ')) want.push_back(*Digest::FromHex(hex));
    ++rows;
    if (what[0] == "root") {
      EXPECT_EQ(*RootOf(a, tree.Source()), want[0]) << row[0];
    } else if (what[0] == "inclusion") {
      EXPECT_EQ(*InclusionProof(a, b, tree.Source()), want) << row[0];
    } else {
      EXPECT_EQ(*ConsistencyProof(a, b, tree.Source()), want) << row[0];
    }
  }
  EXPECT_EQ(rows, 13u);
}

TEST(Tree, RangesGrowLeafByLeafAndGoOnFromStoredNodes) {
  TestTree tree;
  for (uint64_t size = 0; size < 300; ++size) {
    ASSERT_EQ(tree.range.Root(), SlowRoot(tree.leaves, 0, size));
    auto loaded = CompactRange::Load(size, tree.Source());
    ASSERT_TRUE(loaded.ok());
    ASSERT_EQ(loaded->Root(), tree.range.Root());
    ASSERT_EQ(loaded->size(), size);
    tree.Append(crypto::LeafHash(absl::StrCat(size)));
    loaded->Append(tree.leaves.back());
    ASSERT_EQ(loaded->Root(), tree.range.Root());
  }
}

TEST(Tree, GoesOnFromTheEdgeAloneAndKnowsEveryLaterRoot) {
  const TestTree tree = TestTree::Of(80);
  for (uint64_t begun = 0; begun <= 70; ++begun) {
    CompactRange upto;
    for (uint64_t i = 0; i < begun; ++i) upto.Append(tree.leaves[i]);
    auto range = CompactRange::FromEdge(begun, upto.edge());
    ASSERT_TRUE(range) << begun;
    EXPECT_EQ(range->Root(), upto.Root());
    EXPECT_FALSE(CompactRange::FromEdge(2 * begun + 1, upto.edge())) << "one more is wanted";
    MemoryTree later(*range);
    for (uint64_t i = begun; i < tree.leaves.size(); ++i) {
      later.Append(tree.leaves[i]);
      ASSERT_EQ(later.Leaf(i), tree.leaves[i]);
      for (uint64_t size = begun; size <= i + 1; ++size) {
        ASSERT_EQ(later.RootAt(size), SlowRoot(tree.leaves, 0, size)) << begun << " " << size;
      }
    }
    EXPECT_EQ(later.range().edge(), TestTree::Of(80).range.edge());
    // What is not on the edge is not made up.
    if (begun > 1) {
      EXPECT_FALSE(later.Source()({0, 0}).ok());
    }
  }
  EXPECT_FALSE(CompactRange::FromEdge(kTreeSizeMax + 1, {}));
}

// ---- proofs against the slow tree

// Every single-place damage of a proof: a bit, a node less, a node more, two swapped.
std::vector<Proof> Damaged(const Proof& proof, std::mt19937_64& rng) {
  std::vector<Proof> out;
  for (size_t i = 0; i < proof.size(); ++i) {
    out.push_back(proof);
    out.back()[i].bytes[rng() % 32] ^= static_cast<uint8_t>(1u << rng() % 8);
    out.push_back(proof);
    out.back().erase(out.back().begin() + static_cast<ptrdiff_t>(i));
    if (i > 0) {
      out.push_back(proof);
      std::swap(out.back()[i - 1], out.back()[i]);
    }
  }
  out.push_back(proof);
  out.back().push_back(crypto::Sha256("one more"));
  out.push_back(proof);
  out.back().insert(out.back().begin(), crypto::Sha256("one more"));
  return out;
}

class TreeProofs : public ::testing::Test {
 protected:
  static constexpr size_t kLeaves = 1100;
  TestTree tree_ = TestTree::Of(kLeaves);
  std::mt19937_64 rng_{20261129};  // seed of every run
};

TEST_F(TreeProofs, InclusionEqualsTheSlowTreeAndWrongOnesFail) {
  for (int run = 0; run < 5000; ++run) {
    const uint64_t size = 1 + rng_() % (run % 2 ? kLeaves : 70), index = rng_() % size;
    auto proof = InclusionProof(index, size, tree_.Source());
    ASSERT_TRUE(proof.ok()) << proof.status();
    ASSERT_EQ(*proof, SlowPath(tree_.leaves, index, 0, size)) << index << " of " << size;
    const Digest root = SlowRoot(tree_.leaves, 0, size), leaf = tree_.leaves[index];
    ASSERT_TRUE(VerifyInclusion(index, size, leaf, *proof, root));
    for (const Proof& wrong : Damaged(*proof, rng_)) {
      ASSERT_FALSE(VerifyInclusion(index, size, leaf, wrong, root)) << index << " of " << size;
    }
    ASSERT_FALSE(VerifyInclusion(index, size, crypto::Sha256("other"), *proof, root));
    ASSERT_FALSE(VerifyInclusion(index, size, leaf, *proof, crypto::Sha256("other")));
    ASSERT_FALSE(VerifyInclusion(size, size, leaf, *proof, root));
    if (size > 1) {
      ASSERT_FALSE(VerifyInclusion(index ^ 1, size, leaf, *proof, root));
    }
  }
}

TEST_F(TreeProofs, ConsistencyEqualsTheSlowTreeAndWrongOnesFail) {
  for (int run = 0; run < 5000; ++run) {
    const uint64_t to = 1 + rng_() % (run % 2 ? kLeaves : 70), from = 1 + rng_() % to;
    auto proof = ConsistencyProof(from, to, tree_.Source());
    ASSERT_TRUE(proof.ok()) << proof.status();
    ASSERT_EQ(*proof, SlowSubproof(tree_.leaves, from, 0, to, true)) << from << " to " << to;
    const Digest old_root = SlowRoot(tree_.leaves, 0, from), root = SlowRoot(tree_.leaves, 0, to);
    ASSERT_TRUE(VerifyConsistency(from, old_root, to, root, *proof));
    for (const Proof& wrong : Damaged(*proof, rng_)) {
      ASSERT_FALSE(VerifyConsistency(from, old_root, to, root, wrong)) << from << " to " << to;
    }
    ASSERT_FALSE(VerifyConsistency(from, crypto::Sha256("other"), to, root, *proof));
    ASSERT_FALSE(VerifyConsistency(from, old_root, to, crypto::Sha256("other"), *proof));
    ASSERT_FALSE(VerifyConsistency(to + 1, old_root, to, root, *proof));
  }
}

TEST_F(TreeProofs, SmallTreesAreProvenInFull) {
  for (uint64_t size = 1; size <= 70; ++size) {
    const Digest root = SlowRoot(tree_.leaves, 0, size);
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_TRUE(VerifyInclusion(i, size, tree_.leaves[i],
                                  *InclusionProof(i, size, tree_.Source()), root));
      ASSERT_TRUE(VerifyConsistency(i + 1, SlowRoot(tree_.leaves, 0, i + 1), size, root,
                                    *ConsistencyProof(i + 1, size, tree_.Source())));
    }
  }
}

TEST_F(TreeProofs, AnythingIsConsistentWithTheEmptyTree) {
  const Digest root = SlowRoot(tree_.leaves, 0, 5);
  EXPECT_TRUE(VerifyConsistency(0, EmptyRoot(), 5, root, {}));
  EXPECT_FALSE(VerifyConsistency(0, EmptyRoot(), 5, root, {root}));
  EXPECT_FALSE(ConsistencyProof(0, 5, tree_.Source()).ok());
  EXPECT_FALSE(InclusionProof(5, 5, tree_.Source()).ok());
  EXPECT_FALSE(VerifyInclusion(0, 0, root, {}, root));
}

TEST_F(TreeProofs, HugeSizesEndSoon) {
  Proof proof(kProofHashesMax, EmptyRoot());
  EXPECT_FALSE(VerifyInclusion(5, ~uint64_t{0}, EmptyRoot(), proof, EmptyRoot()));
  EXPECT_FALSE(VerifyConsistency(5, EmptyRoot(), ~uint64_t{0}, EmptyRoot(), proof));
  EXPECT_FALSE(VerifyInclusion(5, kTreeSizeMax, EmptyRoot(), proof, EmptyRoot()));
  EXPECT_FALSE(RootOf(kTreeSizeMax + 1, tree_.Source()).ok());
}

// ---- inconsistency

TEST_F(TreeProofs, ATreeThatLeftOutAnotherIsShown) {
  TestTree other = TestTree::Of(kLeaves, "rewritten");
  for (uint64_t from : {300u, 256u, 1u, 255u, 999u}) {
    const Digest from_root = SlowRoot(other.leaves, 0, from);
    const Digest to_root = SlowRoot(tree_.leaves, 0, 1000);
    const Proof nodes = *InconsistencyProof(from, 1000, tree_.Source());
    EXPECT_EQ(nodes, SlowSubproof(tree_.leaves, from, 0, 1000, false));
    EXPECT_LE(nodes.size(), 21u);
    EXPECT_TRUE(VerifyInconsistency(from, from_root, 1000, to_root, nodes)) << from;
    // An honest log: the nodes lead to the root it signed.
    EXPECT_FALSE(VerifyInconsistency(from, SlowRoot(tree_.leaves, 0, from), 1000, to_root, nodes));
    for (const Proof& wrong : Damaged(nodes, rng_)) {
      EXPECT_FALSE(VerifyInconsistency(from, from_root, 1000, to_root, wrong)) << from;
    }
  }
}

TEST_F(TreeProofs, ASmallerRootIsKnownFromALargerOneAndFromNothingElse) {
  const uint64_t to = 100;
  const Digest root = SlowRoot(tree_.leaves, 0, to);
  for (uint64_t from = 1; from < to; ++from) {
    const Proof nodes = *InconsistencyProof(from, to, tree_.Source());
    EXPECT_EQ(ProvenRoot(from, to, root, nodes), SlowRoot(tree_.leaves, 0, from));
    EXPECT_EQ(ProvenRoot(from, to, SlowRoot(tree_.leaves, 0, to + 1), nodes), std::nullopt);
    for (const Proof& wrong : Damaged(nodes, rng_)) {
      EXPECT_EQ(ProvenRoot(from, to, root, wrong), std::nullopt) << from;
    }
  }
  EXPECT_EQ(ProvenRoot(to, to, root, {}), std::nullopt);
  EXPECT_EQ(ProvenRoot(0, to, root, {}), std::nullopt);
}

TEST_F(TreeProofs, NobodyFramesAnHonestLog) {
  for (int run = 0; run < 2000; ++run) {
    const uint64_t to = 2 + rng_() % 200, from = 1 + rng_() % (to - 1);
    Proof nodes = *InconsistencyProof(from, to, tree_.Source());
    for (int i = 0; i < 3; ++i) {
      nodes[rng_() % nodes.size()] = tree_.leaves[rng_() % to];
      if (rng_() % 4 == 0) nodes.push_back(tree_.leaves[rng_() % to]);
      if (rng_() % 4 == 0 && nodes.size() > 1) nodes.pop_back();
    }
    ASSERT_FALSE(VerifyInconsistency(from, SlowRoot(tree_.leaves, 0, from), to,
                                     SlowRoot(tree_.leaves, 0, to), nodes));
  }
}

}  // namespace
}  // namespace entente::tlog
