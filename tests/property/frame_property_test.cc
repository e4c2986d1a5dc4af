// Frames under random entries and random damage. Each case prints its seed when it fails.
#include <gtest/gtest.h>

#include "node/base/error.h"
#include "node/sync/frame/frame.h"
#include "tests/unit/sync/sync_fixture.h"

namespace entente::sync {
namespace {

using testing::FeedWriter;
using testing::Random;

constexpr int kSeeds = 150;
constexpr int kDamagesPerSeed = 60;

// Entries of a few feeds in any interleaving, with forks, gaps, changing heads and missing
// payloads.
std::vector<ledger::Entry> RandomEntries(Random& random) {
  std::vector<FeedWriter> feeds;
  for (uint64_t k = 0; k < 1 + random() % 6; ++k) {
    feeds.emplace_back(testing::AnInstrument(), testing::AKey(random() % 4), 1 + random() % 8);
  }
  std::vector<ledger::Entry> entries;
  size_t count = 1 + random() % 60;
  for (size_t i = 0; i < count; ++i) {
    FeedWriter& feed = feeds[random() % feeds.size()];
    if (random() % 12 == 0) feed.header.charter_head.bytes[random() % 2] = random() % 3;
    if (random() % 12 == 0) feed.header.credentials_head.bytes[random() % 2] = random() % 3;
    if (random() % 6 == 0) feed.header.kind = 1 + random() % 0xffffffff;
    if (random() % 9 == 0) feed.header.schema = 1 + random() % 0xffffffff;
    if (random() % 9 == 0) feed.header.hlc = random() | 1;
    if (random() % 9 == 0) {
      feed.header.seen_size = random() % 2 == 0 ? 0 : 1 + random() % 1000;
      feed.header.seen_root = {};
      if (feed.header.seen_size > 0) feed.header.seen_root = testing::IdFrom<base::Digest>("s");
    }
    if (random() % 15 == 0) feed.last.sequence += random() % 1000;
    if (random() % 15 == 0) feeds.push_back(feed);
    ledger::Entry entry =
        feeds[random() % feeds.size()].Write(random, testing::Prose(random, 1 + random() % 200));
    if (random() % 20 == 0) {
      entry.payload.clear();
      entry.has_payload = false;
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<v1::Frame> FramesOf(const std::vector<ledger::Entry>& entries, size_t target) {
  std::vector<v1::Frame> frames;
  FrameBuilder builder(testing::AnInstrument(), target);
  for (const ledger::Entry& entry : entries) {
    if (builder.Add(entry)) continue;
    frames.push_back(builder.Finish());
    EXPECT_TRUE(builder.Add(entry));
  }
  frames.push_back(builder.Finish());
  return frames;
}

TEST(FramePropertyTest, RandomEntriesComeBackExactly) {
  for (int seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    auto entries = RandomEntries(random);
    size_t at = 0;
    for (const v1::Frame& frame : FramesOf(entries, 1 << (12 + random() % 7))) {
      auto got = DecodeFrame(frame);
      ASSERT_TRUE(got.ok()) << got.status();
      ASSERT_LE(at + got->size(), entries.size());
      for (const ledger::Entry& entry : *got) {
        const ledger::Entry& sent = entries[at++];
        ASSERT_EQ(entry.header_bytes, sent.header_bytes);
        ASSERT_EQ(entry.signature, sent.signature);
        ASSERT_EQ(entry.payload, sent.payload);
        ASSERT_EQ(entry.has_payload, sent.has_payload);
        ASSERT_EQ(entry.id, sent.id);
      }
    }
    ASSERT_EQ(at, entries.size());
  }
}

void FlipABit(Random& random, std::string& bytes) {
  if (!bytes.empty()) bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
}

void Damage(Random& random, v1::Frame& frame) {
  switch (random() % 8) {
    case 0:
      FlipABit(random, *frame.mutable_body());
      break;
    case 1:
      FlipABit(random, *frame.mutable_signatures());
      break;
    case 2:
      frame.mutable_body()->resize(random() % (frame.body().size() + 1));
      break;
    case 3:
      frame.set_meta_size(frame.meta_size() + random() % 16 - 8);
      break;
    case 4:
      frame.set_entries(frame.entries() + random() % 4 - 2);
      break;
    case 5:
      frame.set_body_size(frame.body_size() + random() % 16 - 8);
      break;
    case 6:
      frame.mutable_signatures()->resize(random() % (frame.signatures().size() + 1));
      break;
    default:
      frame.set_instrument(testing::IdFrom<InstrumentId>("other").str());
  }
}

// The columns damaged inside intact zstd: what a hostile peer can send.
void DamageColumns(Random& random, v1::Frame& frame) {
  auto body = ZstdDecode(frame.body(), frame.body_size());
  ASSERT_TRUE(body.ok());
  size_t columns = body->size() - frame.meta_size();
  for (uint64_t n = 0; n < 1 + random() % 3; ++n) {
    (*body)[columns + random() % frame.meta_size()] = static_cast<char>(random());
  }
  ZstdWriter writer;
  frame.set_body(writer.Finish(*body));
}

// Whatever comes out is an entry whose id is the hash of exactly what it holds.
void ExpectHonest(const absl::StatusOr<std::vector<ledger::Entry>>& got) {
  if (!got.ok()) {
    ASSERT_EQ(got.status().code(), absl::StatusCode::kInvalidArgument);
    ASSERT_EQ(base::ReasonOf(got.status()), "ENTRY_MALFORMED");
    return;
  }
  for (const ledger::Entry& entry : *got) {
    auto again = ledger::MakeEntry(
        entry.header_bytes, crypto::View(entry.signature),
        entry.has_payload ? std::optional<std::string>(entry.payload) : std::nullopt);
    ASSERT_TRUE(again.ok()) << again.status();
    ASSERT_EQ(again->id, entry.id);
    ASSERT_EQ(again->header, entry.header);
  }
}

TEST(FramePropertyTest, DamageIsRefusedOrGivesAnotherId) {
  int refused = 0, decoded = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const v1::Frame good = FramesOf(RandomEntries(random), kFrameBytesMax)[0];
    for (int n = 0; n < kDamagesPerSeed; ++n) {
      v1::Frame frame = good;
      n % 2 == 0 ? Damage(random, frame) : DamageColumns(random, frame);
      auto got = DecodeFrame(frame);
      ExpectHonest(got);
      if (::testing::Test::HasFatalFailure()) return;
      ++(got.ok() ? decoded : refused);
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(decoded, 0);  // otherwise the damage never reached the entries
}

}  // namespace
}  // namespace entente::sync
