// Contents on disk: what counts after a crash, what damage does, what is thrown away.
#include "node/rpc/attachment/blob_store.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "tests/unit/rpc/attachment_fixture.h"

namespace entente::rpc {
namespace {

using blob::kChunkBytes;
using ::testing::HasSubstr;

class BlobStoreTest : public ::testing::Test {
 protected:
  void Damage(const std::string& path, uint64_t offset) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const char byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(byte);
  }
  BlobStore& blobs() { return *holder_.blobs; }

  const PlanWithNodes plan_;
  Holder holder_{plan_};
  const Content content_{5 * kChunkBytes + 77};
};

TEST_F(BlobStoreTest, ChunksInAnyOrderMakeAWholeThatIsHashed) {
  const uint64_t seed = 11;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::vector<blob::Chunk> chunks = content_.All();
  std::shuffle(chunks.begin(), chunks.end(), random);
  for (const blob::Chunk& chunk : chunks) {
    EXPECT_FALSE(blobs().Record(content_.id)->complete());
    EXPECT_EQ(blobs().Put(content_.id, {chunk}, "").value(), 1u);
    EXPECT_EQ(blobs().Put(content_.id, {chunk}, "").value(), 0u) << "the same again is nothing new";
  }
  const v1::BlobRecord record = blobs().Record(content_.id).value();
  EXPECT_TRUE(record.complete());
  EXPECT_EQ(record.sha256(), crypto::Sha256(content_.bytes).str());
  for (uint32_t i = 0; i < content_.id.chunks(); ++i) {
    const auto chunk = blobs().Get(content_.id, i);
    ASSERT_TRUE(chunk.ok()) << chunk.status();
    EXPECT_EQ(chunk->data, content_.ChunkAt(i).data);
    EXPECT_EQ(chunk->path, content_.ChunkAt(i).path);
  }
}

TEST_F(BlobStoreTest, AChunkCanBeProvenBeforeTheRestIsHere) {
  ASSERT_TRUE(blobs().Put(content_.id, {content_.ChunkAt(3)}, "").ok());
  const auto chunk = blobs().Get(content_.id, 3);
  ASSERT_TRUE(chunk.ok()) << chunk.status();
  EXPECT_TRUE(blob::CheckChunk(content_.id, *chunk).ok());
  EXPECT_TRUE(absl::IsNotFound(blobs().Get(content_.id, 2).status()));
  EXPECT_TRUE(absl::IsNotFound(blobs().Get(content_.id, 6).status()));
}

TEST_F(BlobStoreTest, AWrongChunkStoresNothingOfTheCall) {
  blob::Chunk wrong = content_.ChunkAt(1);
  wrong.data[9] ^= 1;
  const auto put = blobs().Put(content_.id, {content_.ChunkAt(0), wrong}, "");
  EXPECT_TRUE(absl::IsInvalidArgument(put.status()));
  EXPECT_THAT(std::string(put.status().message()), HasSubstr("chunk 1"));
  EXPECT_EQ(blobs().Held(content_.id)->held(), 0u);
  EXPECT_TRUE(holder_.Files().Names()->empty());
}

// Power loss after each call: what was answered is there, whole and proven.
TEST_F(BlobStoreTest, WhatWasAnsweredIsThereAfterACrash) {
  for (uint32_t i = 0; i < content_.id.chunks(); ++i) {
    ASSERT_TRUE(blobs().Put(content_.id, {content_.ChunkAt(i)}, "").ok());
    holder_.Restart();
    for (uint32_t j = 0; j <= i; ++j) EXPECT_TRUE(blobs().Get(content_.id, j).ok()) << i << j;
  }
  EXPECT_TRUE(blobs().Record(content_.id)->complete());
}

TEST_F(BlobStoreTest, DamageIsFoundWhereverItIsAndTheChunkComesAgain) {
  ASSERT_TRUE(blobs().Put(content_.id, content_.All(), "").ok());
  const std::string data = holder_.Path(content_), tree = data + ".tree";
  struct Case {
    std::string file;
    uint64_t offset;
    uint32_t chunk;
  };
  for (const Case& at : {Case{data, 2 * kChunkBytes + 5, 2}, Case{data, 5 * kChunkBytes, 5},
                         Case{tree, 0, 1}, Case{tree, 6 * 32, 3}}) {
    SCOPED_TRACE(testing::Message() << at.file << " " << at.offset);
    Damage(at.file, at.offset);
    const auto got = blobs().Get(content_.id, at.chunk);
    EXPECT_TRUE(absl::IsDataLoss(got.status())) << got.status();
    EXPECT_THAT(std::string(got.status().message()), HasSubstr(absl::StrCat("chunk ", at.chunk)));
    const v1::BlobRecord record = blobs().Record(content_.id).value();
    EXPECT_FALSE(record.complete());
    EXPECT_TRUE(record.wanted());
    EXPECT_EQ(blobs().Put(content_.id, {content_.ChunkAt(at.chunk)}, "").value(), 1u);
    EXPECT_TRUE(blobs().Record(content_.id)->complete());
    EXPECT_TRUE(blobs().Get(content_.id, at.chunk).ok());
  }
}

TEST_F(BlobStoreTest, RowsWhoseFilesAreGoneClaimNothing) {
  ASSERT_TRUE(blobs().Put(content_.id, content_.All(), "").ok());
  std::filesystem::remove(holder_.Path(content_));
  holder_.Restart();
  const v1::BlobRecord record = blobs().Record(content_.id).value();
  EXPECT_FALSE(record.complete());
  EXPECT_TRUE(record.wanted());
  EXPECT_EQ(record.held(), "");
}

TEST_F(BlobStoreTest, NoTwoPeersAreAskedForTheSameChunk) {
  ASSERT_TRUE(blobs().Put(content_.id, {content_.ChunkAt(1)}, "").ok());
  auto first = *blobs().ClaimMissing(content_.id, 0, 4, std::nullopt);
  EXPECT_EQ(std::make_pair(first.first, first.last), std::make_pair(0u, 1u));
  auto second = *blobs().ClaimMissing(content_.id, 0, 2, std::nullopt);
  EXPECT_EQ(std::make_pair(second.first, second.last), std::make_pair(2u, 4u));
  auto there = blob::ChunkSet(6);
  there.Add(0);
  there.Add(5);
  auto third = *blobs().ClaimMissing(content_.id, 0, 4, there);
  EXPECT_EQ(std::make_pair(third.first, third.last), std::make_pair(5u, 6u));
  auto none = *blobs().ClaimMissing(content_.id, 5, 4, std::nullopt);
  EXPECT_EQ(none.first, none.last);
  first.held.reset();
  auto again = *blobs().ClaimMissing(content_.id, 0, 4, std::nullopt);
  EXPECT_EQ(std::make_pair(again.first, again.last), std::make_pair(0u, 1u));
}

TEST_F(BlobStoreTest, OnlyWhatCameForADraftIsForgotten) {
  const Content other(100);
  ASSERT_TRUE(blobs().Put(content_.id, content_.All(), "d-1").ok());
  ASSERT_TRUE(blobs().Put(other.id, other.All(), "").ok());
  EXPECT_THAT(blobs().DraftOnly(), ::testing::ElementsAre(content_.id));
  holder_.Restart();
  EXPECT_THAT(blobs().DraftOnly(), ::testing::ElementsAre(content_.id));
  ASSERT_TRUE(blobs().Forget(content_.id, "d-1").ok());
  ASSERT_TRUE(blobs().Forget(other.id, "").ok());
  EXPECT_EQ(blobs().Held(content_.id)->held(), 0u);
  EXPECT_TRUE(blobs().Get(other.id, 0).ok());
  EXPECT_EQ(holder_.Files().Names()->size(), 2u);  // the other's two
}

TEST_F(BlobStoreTest, WhatAReportNamesIsKept) {
  ASSERT_TRUE(blobs().Put(content_.id, content_.All(), "d-1").ok());
  EXPECT_EQ(*holder_.wants->UseOf(content_.id), BlobWants::Use::kNone);
  holder_.Report("DDR/08", {content_.Named("order.pdf")});
  EXPECT_EQ(*holder_.wants->UseOf(content_.id), BlobWants::Use::kReport);
  ASSERT_TRUE(blobs().Keep(content_.id).ok());
  ASSERT_TRUE(blobs().Forget(content_.id, "d-1").ok());
  EXPECT_TRUE(blobs().Record(content_.id)->complete());
}

// d-1 was thrown away, and the file is attached to d-2 before anybody swept up.
TEST_F(BlobStoreTest, WhatAnotherDraftIsGoingToNameIsKept) {
  ASSERT_TRUE(blobs().Put(content_.id, content_.All(), "d-1").ok());
  EXPECT_EQ(*blobs().Put(content_.id, {}, "d-2"), 0u);
  ASSERT_TRUE(blobs().Forget(content_.id, "d-1").ok());
  EXPECT_TRUE(blobs().Record(content_.id)->complete());
  holder_.Restart();
  EXPECT_THAT(blobs().DraftOnly(), ::testing::ElementsAre(content_.id));
  ASSERT_TRUE(blobs().Forget(content_.id, "d-2").ok());
  EXPECT_EQ(blobs().Held(content_.id)->held(), 0u);
}

}  // namespace
}  // namespace entente::rpc
