#include "node/bundle/reader.h"

#include <gtest/gtest.h>

#include "tests/unit/bundle/bundle_fixture.h"

namespace entente::bundle {
namespace {

using testing::ABundle;
using testing::Made;
using testing::Read;
using testing::Reading;
using testing::ReasonOfReading;

TEST(BundleReader, GivesEveryFrameWhateverTheSizeOfThePieces) {
  const std::string bytes = ABundle().Bytes();
  for (size_t piece : {size_t{1}, size_t{7}, size_t{44}, size_t{1000}, bytes.size()}) {
    const Reading reading = Read(bytes, piece);
    EXPECT_TRUE(reading.status.ok()) << piece << ": " << reading.status;
    EXPECT_EQ(reading.frames, 3);
    EXPECT_EQ(reading.entries, 5u);
  }
}

TEST(BundleReader, RefusesABundleInWhichAnyOneByteIsAnother) {
  const std::string bytes = ABundle().Bytes();
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (char flip : {'\x01', '\x80'}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      const absl::Status status = Read(changed).status;
      ASSERT_FALSE(status.ok()) << "byte " << i;
      ASSERT_NE(base::ReasonOf(status), "") << "byte " << i;
    }
  }
}

TEST(BundleReader, RefusesABundleCutAtAnyLength) {
  const std::string bytes = ABundle().Bytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_EQ(ReasonOfReading(absl::string_view(bytes).substr(0, length)), "BUNDLE_DAMAGED")
        << length;
  }
}

TEST(BundleReader, RefusesBytesBehindTheEnd) {
  EXPECT_EQ(ReasonOfReading(ABundle().Bytes() + "x"), "BUNDLE_DAMAGED");
}

TEST(BundleReader, RefusesAnotherMakersSignature) {
  const Made made = ABundle();
  const Head head = MakeHead(made.header, made.rows);
  std::string bytes = head.bytes;
  for (const std::string& frame : made.frames) bytes += frame;
  bytes += MakeTail(head.root, testing::FakeSignature("another key", SignedText(head.root)));
  EXPECT_EQ(ReasonOfReading(bytes), "BUNDLE_DAMAGED");
}

TEST(BundleReader, TellsALaterFormatAnEncryptedFileAndAnythingElseApart) {
  EXPECT_EQ(ReasonOfReading("entente-bundle/2\nwhatever follows"), "VERSION_UNSUPPORTED");
  const absl::Status encrypted = Read("age-encryption.org/v1\n-> X25519 abc").status;
  EXPECT_EQ(base::ReasonOf(encrypted), "BUNDLE_REFUSED");
  EXPECT_NE(encrypted.message().find("age -d"), absl::string_view::npos);
  EXPECT_EQ(ReasonOfReading(std::string(4000, 'x')), "BUNDLE_REFUSED");
}

TEST(BundleFormat, TheRootIsThatOfAnRfc6962Tree) {
  const std::vector<IndexRow> rows = {RowOf("one", 0, 1), RowOf("two", 0, 1), RowOf("three", 0, 1)};
  auto node = [](const base::Digest& left, const base::Digest& right) {
    return crypto::Sha256({absl::string_view("\x01", 1), left.view(), right.view()});
  };
  const base::Digest expected =
      node(node(node(crypto::LeafHash("header"), crypto::LeafHash("index")),
                node(crypto::LeafHash("one"), crypto::LeafHash("two"))),
           crypto::LeafHash("three"));
  EXPECT_EQ(RootOf("header", "index", rows), expected);
}

TEST(BundleFormat, AnIndexIsReadBackAsItWasWritten) {
  const std::vector<IndexRow> rows = {RowOf("one", 2, 0), RowOf("three", 0, 7)};
  const std::vector<IndexRow> read = DecodeIndex(EncodeIndex(rows));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].notes, 2u);
  EXPECT_EQ(read[1].entries, 7u);
  EXPECT_EQ(read[1].size, 5u);
  EXPECT_EQ(read[1].hash, crypto::LeafHash("three"));
}

}  // namespace
}  // namespace entente::bundle
