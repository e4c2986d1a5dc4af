// A small register for tests: leaves, the whole tree's nodes, keys with fixed seeds, and the slow
// obvious tree it is compared with.
#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/crypto/ed25519.h"
#include "node/crypto/sha256.h"
#include "node/tlog/checkpoint.h"
#include "node/tlog/tree.h"
#include "tests/support/source_dir.h"

namespace entente::tlog {

inline std::string Golden(const std::string& name) {
  std::ifstream in(tests::SourceFile("tests/golden/" + name));
  return {std::istreambuf_iterator<char>(in), {}};
}

// RFC 6962 section 2.1 as it is written there.
inline Digest SlowRoot(const std::vector<Digest>& leaves, size_t first, size_t count) {
  if (count == 0) return crypto::Sha256("");
  if (count == 1) return leaves[first];
  size_t split = 1;
  while (split * 2 < count) split *= 2;
  return crypto::Sha256({absl::string_view("\1", 1), SlowRoot(leaves, first, split).view(),
                         SlowRoot(leaves, first + split, count - split).view()});
}

struct TestTree {
  std::vector<Digest> leaves;
  std::map<NodeAt, Digest> nodes;
  CompactRange range;

  void Append(const Digest& leaf) {
    leaves.push_back(leaf);
    range.Append(leaf, [&](NodeAt at, const Digest& hash) { nodes[at] = hash; });
  }
  NodeSource Source() const {
    return [this](NodeAt at) -> absl::StatusOr<Digest> {
      auto found = nodes.find(at);
      if (found == nodes.end()) return absl::DataLossError("no such node");
      return found->second;
    };
  }
  // Leaf i is the hash of a text with `salt` and i in it.
  static TestTree Of(size_t size, absl::string_view salt = "leaf") {
    TestTree tree;
    for (size_t i = 0; i < size; ++i) tree.Append(crypto::LeafHash(absl::StrCat(salt, " ", i)));
    return tree;
  }
};

struct TestKey {
  crypto::PrivateKey key;
  VerifierKey name;
  TestKey(const std::string& text, uint8_t type, char seed)
      : key(crypto::PrivateKey::FromSeed(std::string(32, seed))),
        name(VerifierKey::Named(text, type, key.public_key())) {}
};

inline SignedCheckpoint Sign(const TestTree& tree, uint64_t size, const TestKey& log) {
  SignedCheckpoint out;
  out.checkpoint = {log.name.name, size, SlowRoot(tree.leaves, 0, size)};
  out.text = CheckpointText(out.checkpoint);
  out.lines = {SignCheckpoint(out.text, log.name, log.key)};
  return out;
}

}  // namespace entente::tlog
