// What a peer may send as pieces of a content, and everything it may not.
#include "node/blob/piece_reader.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/crypto/sha256.h"

namespace entente::blob {
namespace {

using ::testing::HasSubstr;

struct Content {
  std::string bytes;
  std::vector<Digest> tree;
  BlobId id;

  explicit Content(size_t size) {
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 251));
    std::vector<Digest> leaves;
    for (size_t at = 0; at < size; at += kChunkBytes) {
      leaves.push_back(crypto::LeafHash(absl::string_view(bytes).substr(at, kChunkBytes)));
    }
    tree = BuildTree(leaves);
    id = {tree.back(), size};
  }
  absl::string_view Data(uint32_t chunk) const {
    return absl::string_view(bytes).substr(chunk * kChunkBytes, kChunkBytes);
  }
  std::string Path(uint32_t chunk) const {
    std::string path;
    for (uint32_t place : PathPlaces(id.chunks(), chunk)) path += tree[place].str();
    return path;
  }
};

// Sends a chunk as it should be; the last answer.
absl::StatusOr<std::optional<Chunk>> Send(PieceReader& reader, const Content& content,
                                          uint32_t chunk) {
  const absl::string_view data = content.Data(chunk);
  for (size_t at = 0; at < data.size(); at += kPieceBytesMax) {
    const bool last = at + kPieceBytesMax >= data.size();
    auto got = reader.Add(chunk, data.substr(at, kPieceBytesMax), last ? content.Path(chunk) : "");
    if (!got.ok() || last) return got;
    EXPECT_FALSE(got->has_value());
  }
  return std::optional<Chunk>();
}

std::string Fault(const absl::StatusOr<std::optional<Chunk>>& got) {
  EXPECT_TRUE(absl::IsInvalidArgument(got.status())) << got.status();
  return std::string(got.status().message());
}

TEST(PieceReader, GivesOutWholeChunksAndSkipsWhatThePeerLacks) {
  const Content content(5 * kChunkBytes + 100);
  PieceReader reader(content.id, 1, 6);
  for (uint32_t chunk : {1, 3, 5}) {
    auto got = Send(reader, content, chunk);
    ASSERT_TRUE(got.ok()) << got.status();
    ASSERT_TRUE(got->has_value());
    EXPECT_EQ((*got)->number, chunk);
    EXPECT_EQ((*got)->data, content.Data(chunk));
  }
}

TEST(PieceReader, RefusesChunksThatWereNotAskedForOrComeAgain) {
  const Content content(5 * kChunkBytes);
  PieceReader below(content.id, 2, 4);
  EXPECT_THAT(Fault(below.Add(1, "x", "")), HasSubstr("where 2 to 4"));
  PieceReader above(content.id, 2, 4);
  EXPECT_THAT(Fault(above.Add(4, "x", "")), HasSubstr("chunk 4"));
  PieceReader far(content.id, 2, 4);
  EXPECT_THAT(Fault(far.Add(UINT32_MAX, "x", "")), HasSubstr("asked for"));
  PieceReader twice(content.id, 2, 4);
  ASSERT_TRUE(Send(twice, content, 2).ok());
  EXPECT_THAT(Fault(twice.Add(2, "x", "")), HasSubstr("chunk 2"));
}

TEST(PieceReader, RefusesPiecesThatAreEmptyTooLargeTooManyOrMixed) {
  const Content content(3 * kChunkBytes);
  EXPECT_THAT(Fault(PieceReader(content.id, 0, 3).Add(0, "", "")), HasSubstr("0 bytes"));
  EXPECT_THAT(Fault(PieceReader(content.id, 0, 3).Add(0, std::string(kPieceBytesMax + 1, 'x'), "")),
              HasSubstr("16385"));
  const Content tiny(10);
  EXPECT_THAT(Fault(PieceReader(tiny.id, 0, 1).Add(0, "01234567890", "")), HasSubstr("more of"));
  PieceReader mixed(content.id, 0, 3);
  ASSERT_TRUE(mixed.Add(0, "x", "").ok());
  EXPECT_THAT(Fault(mixed.Add(1, "x", "")), HasSubstr("unfinished"));
  PieceReader early(content.id, 0, 3);
  EXPECT_THAT(Fault(early.Add(0, "x", content.Path(0))), HasSubstr("before the chunk's end"));
}

TEST(PieceReader, RefusesAWrongChunkAndAWrongPathNamingTheChunk) {
  Content content(2 * kChunkBytes + 5);
  content.bytes[2 * kChunkBytes] ^= 1;
  PieceReader wrong(content.id, 2, 3);
  EXPECT_THAT(Fault(Send(wrong, content, 2)), HasSubstr("chunk 2"));
  const Content good(2 * kChunkBytes + 5);
  for (const std::string& path : {std::string(), good.Path(0), good.Path(2) + std::string(32, '\0'),
                                  good.Path(2).substr(1), std::string(1000 * 32, 'x')}) {
    PieceReader reader(good.id, 2, 3);
    Fault(reader.Add(2, good.Data(2), path));
  }
}

TEST(CheckChunk, TheSizeInTheNameCounts) {
  const Content content(3 * kChunkBytes);
  const Chunk last{2, std::string(content.Data(2)), {content.tree[4 - 1]}};
  BlobId lied = content.id;
  lied.size -= 1;  // the same tree, one byte less
  EXPECT_FALSE(CheckChunk(lied, last).ok());
  EXPECT_FALSE(CheckChunk(content.id, Chunk{3, last.data, last.path}).ok());
  EXPECT_FALSE(CheckChunk(content.id, Chunk{2, last.data.substr(1), last.path}).ok());
}

}  // namespace
}  // namespace entente::blob
