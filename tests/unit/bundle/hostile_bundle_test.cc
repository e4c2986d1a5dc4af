// Bundles whose maker signed something that is not so: whole, with every hash right.
#include <gtest/gtest.h>

#include "node/base/bytes.h"
#include "node/sync/frame/zstd_stream.h"
#include "storage/bounds.h"
#include "tests/unit/bundle/bundle_fixture.h"

namespace entente::bundle {
namespace {

using testing::ABundle;
using testing::AHeader;
using testing::EntriesFrame;
using testing::Made;
using testing::Notes;
using testing::ReasonOfReading;

// 60 MB of zeros in a few kB.
std::string Bomb() {
  sync::ZstdWriter zstd;
  const std::string zeros(1 << 20, '\0');
  for (int i = 0; i < 60; ++i) zstd.Add(zeros);
  return zstd.Finish("");
}

TEST(HostileBundle, ABombIsRefusedWhateverSizeItClaims) {
  for (uint32_t claimed : {100u, 4u << 20, 60u << 20, 0xffffffffu}) {
    v1::Frame frame = EntriesFrame(1, 1);
    frame.set_body(Bomb());
    frame.set_body_size(claimed);
    Made made;
    made.Add(frame);
    ASSERT_LT(made.Bytes().size(), 20'000u);
    EXPECT_EQ(ReasonOfReading(made.Bytes()), "BUNDLE_REFUSED") << claimed;
  }
}

TEST(HostileBundle, AnIndexThatLiesIsRefused) {
  Made counts = ABundle();
  counts.rows[1].entries += 1;
  counts.header.set_entries(counts.header.entries() + 1);
  EXPECT_EQ(ReasonOfReading(counts.Bytes()), "BUNDLE_REFUSED") << "more entries than a frame has";

  Made total = ABundle();
  total.header.set_entries(99);
  EXPECT_EQ(ReasonOfReading(total.Bytes()), "BUNDLE_REFUSED") << "the header's total";

  Made size = ABundle();
  size.rows[1].size -= 1;
  EXPECT_EQ(ReasonOfReading(size.Bytes()), "BUNDLE_DAMAGED") << "a frame's size";

  Made huge = ABundle();
  huge.rows[2].size = 0xffffffff;
  EXPECT_EQ(ReasonOfReading(huge.Bytes()), "BUNDLE_REFUSED") << "a frame over every bound";
}

TEST(HostileBundle, NotesStandFirstOrItIsRefused) {
  Made made;
  made.Add(EntriesFrame(1, 2));
  made.Add(Notes({"late"}));
  EXPECT_EQ(ReasonOfReading(made.Bytes()), "BUNDLE_REFUSED");
}

TEST(HostileBundle, AFrameOfAnotherInstrumentIsRefused) {
  Made made;
  v1::Frame frame = EntriesFrame(1, 2);
  frame.set_instrument(std::string(32, 'x'));
  made.Add(frame);
  EXPECT_EQ(ReasonOfReading(made.Bytes()), "BUNDLE_REFUSED");
}

TEST(HostileBundle, FieldsOutOfRangeAreRefused) {
  auto refused = [](auto change) {
    Made made = ABundle();
    change(made.header);
    return ReasonOfReading(made.Bytes()) == "BUNDLE_REFUSED";
  };
  EXPECT_TRUE(refused([](v1::BundleHeader& h) { h.set_part(0); }));
  EXPECT_TRUE(refused([](v1::BundleHeader& h) { h.set_part(2); }));
  EXPECT_TRUE(refused([](v1::BundleHeader& h) { h.set_parts(0xffffffff); }));
  EXPECT_TRUE(refused([](v1::BundleHeader& h) { h.set_instrument("short"); }));
  EXPECT_TRUE(refused([](v1::BundleHeader& h) { h.set_set(""); }));
  EXPECT_TRUE(refused([](v1::BundleHeader& h) { h.set_maker_key(std::string(600, 'k')); }));
  EXPECT_TRUE(refused([](v1::BundleHeader& h) { h.clear_kind(); }));
}

TEST(HostileBundle, NoLengthFieldMakesTheReaderHoldMuch) {
  std::string header = kMagic;
  base::AppendU32(header, 0xffffffff);
  EXPECT_EQ(ReasonOfReading(header + std::string(100, 'x')), "BUNDLE_DAMAGED");
  Made made = ABundle();
  const std::string bytes = made.Bytes();
  std::string frames = bytes.substr(0, kMagicBytes + 4 + made.header.ByteSizeLong());
  base::AppendU32(frames, 0xffffffff);
  EXPECT_EQ(ReasonOfReading(frames), "BUNDLE_DAMAGED");
}

TEST(HostileBundle, ABundleOfNothingIsRefused) {
  EXPECT_EQ(ReasonOfReading(Made().Bytes()), "BUNDLE_DAMAGED");
}

TEST(HostileBundle, WhatGoesBesideIsNewsOrChunksOfOneContent) {
  const v1::BundleHeader header = AHeader();
  auto taken = [&](auto change) {
    v1::BundleBeside beside;
    change(beside);
    return CheckBeside(header, beside.SerializeAsString()).ok();
  };
  const std::string blob(40, 'b');
  EXPECT_TRUE(taken([&](auto& b) { b.mutable_news()->set_instrument(header.instrument()); }));
  EXPECT_FALSE(taken([&](auto& b) { b.mutable_news()->set_instrument(std::string(32, 'x')); }));
  EXPECT_TRUE(taken([&](auto& b) { b.set_blob(blob), b.add_chunks(); }));
  EXPECT_FALSE(taken([&](auto& b) { b.set_blob(blob); }));
  EXPECT_FALSE(taken([&](auto& b) { b.set_blob("short"), b.add_chunks(); }));
  EXPECT_FALSE(taken([&](auto& b) {
    b.set_blob(blob);
    for (int i = 0; i <= kBesideChunksMax; ++i) b.add_chunks();
  }));
  EXPECT_FALSE(taken([&](auto& b) {
    b.mutable_news()->set_instrument(header.instrument());
    b.set_blob(blob), b.add_chunks();
  }));
  EXPECT_FALSE(taken([](auto&) {}));
  EXPECT_FALSE(CheckBeside(header, "\xff\xff").ok());
}

TEST(HostileBundle, AReceiptsTipsAreWholeOrRefused) {
  v1::BundleHoldings holdings;
  holdings.set_tips(std::string(sync::kTipBytes * 2, 't'));
  EXPECT_TRUE(CheckHoldings(AHeader(), holdings.SerializeAsString()).ok());
  holdings.set_tips(std::string(sync::kTipBytes * 2 - 1, 't'));
  EXPECT_FALSE(CheckHoldings(AHeader(), holdings.SerializeAsString()).ok());
  holdings.clear_tips();
  holdings.add_leaves("short");
  EXPECT_FALSE(CheckHoldings(AHeader(), holdings.SerializeAsString()).ok());
}

// All its frames are read before the signature is, and anybody can name somebody else's key.
TEST(HostileBundle, AReceiptThatNeverEndsIsRefused) {
  v1::BundleHoldings frame;
  for (int i = 0; i < 10'000; ++i) frame.add_leaves(std::string(32, 'n'));
  frame.set_tips(std::string(sync::kTipBytes * 5'000, 't'));
  v1::BasisRecord basis;
  std::string tips;
  EXPECT_TRUE(AddHoldings(frame, basis, tips).ok());
  EXPECT_EQ(basis.leaves_size(), 10'000);
  EXPECT_FALSE(AddHoldings(frame, basis, tips).ok());
  EXPECT_LE(basis.ByteSizeLong(), storage::kMaxValueBytes) << "it is one row of the store";
  frame.clear_leaves();
  int frames = 1;
  while (frames < 1'000 && AddHoldings(frame, basis, tips).ok()) ++frames;
  EXPECT_LT(frames, 1'000);
  EXPECT_LE(tips.size(), kReceiptTipBytesMax);
}

}  // namespace
}  // namespace entente::bundle
