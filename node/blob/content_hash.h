// Hashes a whole content as it comes, in pieces of any length: its name (root and size), the nodes
// of its tree, and the SHA-256 other people's tools know it by. Memory: a chunk, and 32 bytes for
// each chunk seen (64 at the end); whoever hashes a stranger's bytes bounds how many.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/base/id.h"
#include "node/blob/blob_id.h"
#include "node/crypto/sha256_stream.h"

namespace entente::blob {

struct HashedContent {
  BlobId blob;
  base::Digest sha256;
  std::vector<base::Digest> tree;  // every node, by place (chunk_tree.h)
};

class ContentHash {
 public:
  void Add(absl::string_view piece);
  uint64_t size() const { return size_; }
  // Once. REQUIRES: size() > 0.
  HashedContent Finish();

 private:
  crypto::Sha256Stream whole_;
  uint64_t size_ = 0;
  std::string rest_;  // of a chunk that is not whole yet
  std::vector<base::Digest> leaves_;
};

}  // namespace entente::blob
