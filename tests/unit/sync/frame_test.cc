#include "node/sync/frame/frame.h"

#include <gtest/gtest.h>

#include "node/base/error.h"
#include "tests/unit/sync/sync_fixture.h"

namespace entente::sync {
namespace {

using testing::AKey;
using testing::AnInstrument;
using testing::FeedWriter;
using testing::Prose;

void ExpectSame(const std::vector<ledger::Entry>& sent, const std::vector<ledger::Entry>& got) {
  ASSERT_EQ(sent.size(), got.size());
  for (size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].header_bytes, got[i].header_bytes) << "entry " << i;
    EXPECT_EQ(sent[i].signature, got[i].signature);
    EXPECT_EQ(sent[i].payload, got[i].payload);
    EXPECT_EQ(sent[i].has_payload, got[i].has_payload);
    EXPECT_EQ(sent[i].id, got[i].id);
    EXPECT_EQ(sent[i].header, got[i].header);
  }
}

v1::Frame FrameOf(const std::vector<ledger::Entry>& entries) {
  FrameBuilder builder(AnInstrument(), kFrameBytesMax);
  for (const ledger::Entry& entry : entries) EXPECT_TRUE(builder.Add(entry));
  EXPECT_EQ(builder.entries(), entries.size());
  return builder.Finish();
}

void ExpectRefused(const v1::Frame& frame, const FrameLimits& limits = {}) {
  auto entries = DecodeFrame(frame, limits);
  ASSERT_FALSE(entries.ok());
  EXPECT_EQ(entries.status().code(), absl::StatusCode::kInvalidArgument) << entries.status();
  EXPECT_EQ(base::ReasonOf(entries.status()), "ENTRY_MALFORMED");
}

std::vector<ledger::Entry> ARun(int count, uint64_t seed = 1) {
  testing::Random random(seed);
  FeedWriter feed(AnInstrument(), AKey(1));
  std::vector<ledger::Entry> entries;
  for (int i = 0; i < count; ++i) entries.push_back(feed.Write(random, Prose(random, 700)));
  return entries;
}

TEST(FrameTest, ARunComesBackExactly) {
  auto entries = ARun(50);
  v1::Frame frame = FrameOf(entries);
  EXPECT_EQ(frame.entries(), 50u);
  auto got = DecodeFrame(frame);
  ASSERT_TRUE(got.ok()) << got.status();
  ExpectSame(entries, *got);
}

TEST(FrameTest, AnEmptyFrameIsASignOfLife) {
  v1::Frame frame = FrameOf({});
  EXPECT_EQ(frame.entries(), 0u);
  EXPECT_LE(frame.ByteSizeLong(), 40u);
  auto got = DecodeFrame(frame);
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE(got->empty());
}

TEST(FrameTest, InterleavedFeedsAndChangingHeadsComeBackExactly) {
  testing::Random random(2);
  std::vector<FeedWriter> feeds;
  for (int k = 0; k < 5; ++k) feeds.emplace_back(AnInstrument(), AKey(k % 3), 1 + k % 8);
  std::vector<ledger::Entry> entries;
  for (int i = 0; i < 200; ++i) {
    FeedWriter& feed = feeds[random() % feeds.size()];
    if (i % 17 == 0) feed.header.charter_head.bytes[5] ^= i;
    if (i % 23 == 0) feed.header.credentials_head.bytes[5] ^= i;
    if (i % 13 == 0) feed.header.kind = 1 + random() % 3000;
    if (i % 19 == 0) feed.header.schema = 1 + random() % 4;
    if (i % 11 == 0) {
      feed.header.seen_size = random() % 3;
      feed.header.seen_root = {};
      if (feed.header.seen_size > 0) feed.header.seen_root.bytes[0] = 9;
    }
    entries.push_back(feed.Write(random, Prose(random, 1 + random() % 300)));
  }
  auto got = DecodeFrame(FrameOf(entries));
  ASSERT_TRUE(got.ok()) << got.status();
  ExpectSame(entries, *got);
}

TEST(FrameTest, ARunThatStartsInTheMiddleCarriesItsLink) {
  auto entries = ARun(30);
  entries.erase(entries.begin(), entries.begin() + 12);
  auto got = DecodeFrame(FrameOf(entries));
  ASSERT_TRUE(got.ok());
  ExpectSame(entries, *got);
}

TEST(FrameTest, BothBranchesOfAForkComeBack) {
  testing::Random random(3);
  FeedWriter one(AnInstrument(), AKey(1));
  std::vector<ledger::Entry> entries = {one.Write(random, "root")};
  FeedWriter two = one;
  for (int i = 0; i < 3; ++i) entries.push_back(one.Write(random, "left"));
  for (int i = 0; i < 3; ++i) entries.push_back(two.Write(random, "right"));
  auto got = DecodeFrame(FrameOf(entries));
  ASSERT_TRUE(got.ok());
  ExpectSame(entries, *got);
}

TEST(FrameTest, ARedactedPayloadKeepsItsHash) {
  auto entries = ARun(3);
  entries[1].payload.clear();
  entries[1].has_payload = false;
  auto got = DecodeFrame(FrameOf(entries));
  ASSERT_TRUE(got.ok()) << got.status();
  ExpectSame(entries, *got);
}

TEST(FrameTest, ExtremeTimesComeBack) {
  testing::Random random(4);
  FeedWriter feed(AnInstrument(), AKey(1));
  std::vector<ledger::Entry> entries;
  for (uint64_t hlc : {~uint64_t{0}, uint64_t{1}, ~uint64_t{0} - 1, uint64_t{65535}}) {
    entries.push_back(feed.Write(random, "x"));
    ledger::Entry& entry = entries.back();
    entry.header.hlc = hlc;
    entry.header_bytes = ledger::EncodeHeader(entry.header);
    entry.id = ledger::IdOf(entry.header_bytes, entry.signature);
  }
  auto got = DecodeFrame(FrameOf(entries));
  ASSERT_TRUE(got.ok()) << got.status();
  ExpectSame(entries, *got);
}

TEST(FrameTest, ProseOf700BytesCostsAtMost450BytesAnEntry) {
  auto entries = ARun(100);
  size_t small = FrameOf(entries).ByteSizeLong();
  EXPECT_LE(small, 45'000u);

  testing::Random random(5);
  FeedWriter feed(AnInstrument(), AKey(1));
  FrameBuilder builder(AnInstrument(), kFrameBytesMax);
  while (builder.Add(feed.Write(random, Prose(random, 700)))) {
  }
  size_t count = builder.entries();
  size_t bytes = builder.Finish().ByteSizeLong();
  EXPECT_LE(bytes / count, 450u);
  RecordProperty("bytes_per_entry", static_cast<int>(bytes / count));
  RecordProperty("bytes_per_entry_of_100", static_cast<int>(small / 100));
}

TEST(FrameTest, AFastFrameSaysTheSameAndIsHardlyLarger) {
  const auto entries = ARun(100);
  FrameBuilder builder(AnInstrument(), kFrameBytesMax);
  builder.set_effort(EffortFor(kFrameBytesMax));
  for (const ledger::Entry& entry : entries) ASSERT_TRUE(builder.Add(entry));
  const v1::Frame fast = builder.Finish();
  auto got = DecodeFrame(fast);
  ASSERT_TRUE(got.ok()) << got.status();
  ExpectSame(entries, *got);
  const v1::Frame small = FrameOf(entries);
  EXPECT_NE(fast.body(), small.body());
  EXPECT_LE(fast.ByteSizeLong(), small.ByteSizeLong() * 5 / 4);
}

TEST(FrameTest, OnlyALinkForTheLargestFramesIsFast) {
  EXPECT_EQ(EffortFor(kFrameBytesMax), ZstdWriter::Effort::kFast);
  EXPECT_EQ(EffortFor(kFrameBytesMax - 1), ZstdWriter::Effort::kSmall);
}

class FrameSizeTest : public ::testing::TestWithParam<std::tuple<size_t, bool>> {};

TEST_P(FrameSizeTest, KeepsToItsTarget) {
  auto [target, noise] = GetParam();
  testing::Random random(6);
  FeedWriter feed(AnInstrument(), AKey(1));
  FrameBuilder builder(AnInstrument(), target);
  for (int frames = 0; frames < 5; ++frames) {
    std::vector<ledger::Entry> sent;
    for (;;) {
      std::string payload = Prose(random, 100 + random() % 900);
      if (noise) {
        for (char& c : payload) c = static_cast<char>(random());
      }
      ledger::Entry entry = feed.Write(random, payload);
      if (!builder.Add(entry)) break;
      sent.push_back(entry);
    }
    v1::Frame frame = builder.Finish();
    EXPECT_LE(frame.body().size() + frame.signatures().size(), kFrameBytesMax);
    EXPECT_LE(frame.ByteSizeLong(), target + target / 8 + 2048);
    EXPECT_GE(frame.ByteSizeLong() + 1100, target * 3 / 4);
    auto got = DecodeFrame(frame);
    ASSERT_TRUE(got.ok()) << got.status();
    ExpectSame(sent, *got);
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, FrameSizeTest,
                         ::testing::Combine(::testing::Values(4 << 10, 16 << 10, 64 << 10,
                                                              256 << 10),
                                            ::testing::Bool()));

TEST(FrameTest, OneLargeEntryIsAlwaysTaken) {
  testing::Random random(7);
  FeedWriter feed(AnInstrument(), AKey(1));
  std::string payload(ledger::kPayloadBytesMax, ' ');
  for (char& c : payload) c = static_cast<char>(random());
  FrameBuilder builder(AnInstrument(), kFrameBytesMin);
  std::vector<ledger::Entry> entries = {feed.Write(random, payload)};
  EXPECT_TRUE(builder.Add(entries[0]));
  EXPECT_FALSE(builder.Add(feed.Write(random, "next")));
  auto got = DecodeFrame(builder.Finish());
  ASSERT_TRUE(got.ok());
  ExpectSame(entries, *got);
}

TEST(FrameTest, ABombIsRefusedByItsStatedSize) {
  auto entries = ARun(2);
  v1::Frame frame = FrameOf(entries);
  frame.set_body_size(kFrameDecodedBytesMax + 1);
  ExpectRefused(frame);
}

TEST(FrameTest, ABodyLongerThanStatedIsRefused) {
  v1::Frame frame = FrameOf(ARun(20));
  frame.set_body_size(frame.body_size() - 1);
  ExpectRefused(frame);
}

TEST(FrameTest, ABodyShorterThanStatedIsRefused) {
  v1::Frame frame = FrameOf(ARun(20));
  frame.set_body_size(frame.body_size() + 1);
  ExpectRefused(frame);
}

TEST(FrameTest, LimitsAreTheReceivers) {
  v1::Frame frame = FrameOf(ARun(20));
  ExpectRefused(frame, {.encoded_bytes = 1000});
  ExpectRefused(frame, {.decoded_bytes = 1000});
  ExpectRefused(frame, {.entries = 19});
  EXPECT_TRUE(DecodeFrame(frame, {.entries = 20}).ok());
}

TEST(FrameTest, AMissingSignatureIsRefused) {
  v1::Frame frame = FrameOf(ARun(2));
  frame.mutable_signatures()->resize(64);
  ExpectRefused(frame);
}

TEST(FrameTest, AnotherEntryCountIsRefused) {
  v1::Frame frame = FrameOf(ARun(3));
  frame.set_entries(2);
  frame.mutable_signatures()->resize(128);
  ExpectRefused(frame);
}

TEST(FrameTest, AnInstrumentOfAnotherLengthIsRefused) {
  v1::Frame frame = FrameOf(ARun(1));
  frame.set_instrument("short");
  ExpectRefused(frame);
}

TEST(FrameTest, ABodyWithoutEntriesIsRefused) {
  v1::Frame frame;
  frame.set_body("x");
  ExpectRefused(frame);
}

}  // namespace
}  // namespace entente::sync
