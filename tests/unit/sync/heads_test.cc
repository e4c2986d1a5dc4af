#include "node/sync/frontier/heads.h"

#include <gtest/gtest.h>

#include "node/base/error.h"
#include "tests/unit/sync/sync_fixture.h"

namespace entente::sync {
namespace {

EntryRef TipOf(uint64_t sequence, int n) {
  return {sequence, testing::IdFrom<EntryId>("entry " + std::to_string(n))};
}

std::vector<PeerTip> Unpacked(const std::vector<v1::HeadsChunk>& chunks,
                              const std::vector<PublicKey>& order) {
  std::vector<PeerTip> tips;
  for (const v1::HeadsChunk& chunk : chunks) {
    EXPECT_LE(chunk.tips().size(), kHeadsChunkBytesMax);
    EXPECT_TRUE(UnpackHeads(chunk, order, tips).ok());
  }
  return tips;
}

size_t Bytes(const std::vector<v1::HeadsChunk>& chunks) {
  size_t bytes = 0;
  for (const v1::HeadsChunk& chunk : chunks) bytes += chunk.ByteSizeLong();
  return bytes;
}

// Every tip of the frontier is told once and recognised.
void ExpectTells(const std::vector<PeerTip>& tips, const Frontier& frontier) {
  size_t held = 0;
  for (const auto& [feed, own] : frontier.feeds()) held += own.size();
  EXPECT_EQ(tips.size(), held);
  for (const PeerTip& tip : tips) {
    const Tips* own = frontier.Find(tip.feed);
    ASSERT_NE(own, nullptr);
    EXPECT_TRUE(std::any_of(own->begin(), own->end(),
                            [&](const EntryRef& entry) { return tip.Is(entry); }));
  }
}

struct Many {
  Frontier frontier;
  std::vector<PublicKey> order;
  explicit Many(int feeds) {
    for (int n = 0; n < feeds; ++n) {
      order.push_back(testing::AKey(n));
      frontier.Set(FeedRef{order.back(), 1}, {TipOf(1000 + n % 100, n)});
    }
  }
};

TEST(HeadsTest, OrdinalsComeBack) {
  Many many(300);
  many.frontier.Set(FeedRef{testing::AKey(7), 8}, {TipOf(1, 1), TipOf(4, 2), TipOf(4, 3)});
  auto chunks = PackHeads(many.frontier, many.order);
  ExpectTells(Unpacked(chunks, many.order), many.frontier);
}

TEST(HeadsTest, WholeTipsComeBackWithWholeIds) {
  Many many(1000);
  auto chunks = PackHeads(many.frontier, {});
  EXPECT_GT(chunks.size(), 1u);
  auto tips = Unpacked(chunks, {});
  ExpectTells(tips, many.frontier);
  EXPECT_EQ(tips.front().id_bytes, 32);
}

TEST(HeadsTest, AKeyWithoutAnOrdinalIsToldWhole) {
  Many many(10);
  many.frontier.Set(FeedRef{testing::AKey(99), 1}, {TipOf(1, 1)});
  auto chunks = PackHeads(many.frontier, many.order);
  ExpectTells(Unpacked(chunks, many.order), many.frontier);
}

TEST(HeadsTest, TenThousandFeedsCostAtMost75Kilobytes) {
  Many many(10'000);
  EXPECT_LE(Bytes(PackHeads(many.frontier, many.order)), 75'000u);
}

TEST(HeadsTest, NothingHeldIsNoChunk) { EXPECT_TRUE(PackHeads(Frontier(), {}).empty()); }

void ExpectRefused(const v1::HeadsChunk& chunk, const std::vector<PublicKey>& order) {
  std::vector<PeerTip> tips;
  absl::Status status = UnpackHeads(chunk, order, tips);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(base::ReasonOf(status), "ENTRY_MALFORMED");
}

TEST(HeadsTest, AnOrdinalBeyondTheKeysIsRefused) {
  Many many(3);
  auto chunks = PackHeads(many.frontier, many.order);
  ASSERT_EQ(chunks.size(), 1u);
  ExpectRefused(chunks[0], {testing::AKey(0)});
  ExpectRefused(chunks[0], {});
}

TEST(HeadsTest, CutOffTipsAreRefused) {
  Many many(3);
  auto chunks = PackHeads(many.frontier, many.order);
  chunks[0].mutable_tips()->pop_back();
  ExpectRefused(chunks[0], many.order);
  auto whole = PackHeads(many.frontier, {});
  whole[0].mutable_tips()->pop_back();
  ExpectRefused(whole[0], {});
}

TEST(HeadsTest, AnOversizeChunkIsRefused) {
  v1::HeadsChunk chunk;
  chunk.set_tips(std::string(kTipBytes * 900, '\1'));
  ExpectRefused(chunk, {});
}

}  // namespace
}  // namespace entente::sync
