// What a peer sends of an attachment's content, and the names and sets it sends about it. Input: a
// content's chunk range, then pieces; each is what it should be, or bytes of the input.
#include <algorithm>

#include "node/blob/chunk_set.h"
#include "node/blob/piece_reader.h"
#include "node/crypto/sha256.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

namespace {

constexpr uint32_t kLast = 2;  // its chunks: two whole ones and 40 bytes

struct Content {
  std::string bytes = std::string(2 * blob::kChunkBytes, '\x5a') + std::string(40, '\x33');
  std::vector<blob::Digest> tree;
  blob::BlobId id;

  Content() {
    std::vector<blob::Digest> leaves;
    for (uint32_t i = 0; i <= kLast; ++i) leaves.push_back(crypto::LeafHash(Chunk(i)));
    tree = blob::BuildTree(leaves);
    id = {tree.back(), bytes.size()};
  }
  absl::string_view Chunk(uint32_t chunk) const {
    return absl::string_view(bytes).substr(chunk * blob::kChunkBytes, blob::kChunkBytes);
  }
  std::string Path(uint32_t chunk) const {
    std::string path;
    for (uint32_t place : blob::PathPlaces(id.chunks(), chunk)) path += tree[place].str();
    return path;
  }
};

const Content& TheContent() {
  static const auto* content = new Content();
  return *content;
}

void CheckNames(absl::string_view bytes) {
  if (auto id = blob::BlobId::Parse(bytes)) {
    FUZZ_CHECK(id->Encode() == bytes && id->chunks() >= 1 && id->chunks() <= blob::kChunksMax);
    FUZZ_CHECK(id->chunk_size(id->chunks() - 1) >= 1);
  }
  if (auto path = blob::ParsePath(bytes)) FUZZ_CHECK(path->size() * 32 == bytes.size());
  const uint32_t chunks = 1 + static_cast<uint32_t>(bytes.size());
  const auto set = blob::ChunkSet::Decode(chunks, bytes);
  const auto again = blob::ChunkSet::Decode(chunks, set.Encode());
  FUZZ_CHECK(again.Encode() == set.Encode() && again.held() == set.held());
  FUZZ_CHECK(set.held() <= chunks && set.NextHeld(0) <= chunks && set.NextMissing(0) <= chunks);
}

}  // namespace

FUZZ_TARGET(blob, input) {
  Choices choices(input);
  const Content& content = TheContent();
  const uint32_t first = choices.Byte() % (kLast + 1);
  const uint32_t last = first + choices.Byte() % (kLast + 2 - first);
  blob::PieceReader reader(content.id, first, last);
  int64_t newest = -1;
  size_t begun = 0;  // bytes of the chunk under way
  while (!choices.Rest().empty()) {
    const uint8_t what = choices.Byte();
    const uint32_t chunk = (what & 1) != 0 ? choices.Short() : what >> 4 & 3;
    const bool right = (what & 2) == 0 && chunk <= kLast;
    const absl::string_view data =
        right ? content.Chunk(chunk).substr(std::min(begun, content.Chunk(chunk).size()),
                                            blob::kPieceBytesMax)
              : choices.Piece();
    const bool ends = right && begun + data.size() == content.Chunk(chunk).size();
    const std::string path = (what & 4) != 0 ? std::string(choices.Piece())
                             : ends          ? content.Path(chunk)
                                             : "";
    auto got = reader.Add(chunk, data, path);
    if (!got.ok()) break;
    begun += data.size();
    if (!got->has_value()) continue;
    begun = 0;
    // Whatever came before: what is given out was asked for, once, and is the content's own.
    FUZZ_CHECK((*got)->number >= first && (*got)->number < last && (*got)->number > newest);
    FUZZ_CHECK((*got)->data == content.Chunk((*got)->number));
    newest = (*got)->number;
  }
  CheckNames(input);
}

}  // namespace entente::fuzz
