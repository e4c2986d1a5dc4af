#include "node/bundle/splitter.h"

#include <gtest/gtest.h>

#include "node/base/error.h"

namespace entente::bundle {
namespace {

IndexRow Row(uint32_t size, uint32_t notes, uint32_t entries) {
  return {.size = size, .notes = notes, .entries = entries, .hash = {}};
}

uint64_t BytesOf(const std::vector<IndexRow>& rows) {
  uint64_t bytes = kPartOverhead;
  for (const IndexRow& row : rows) bytes += row.size + kIndexRowBytes;
  return bytes;
}

TEST(BundleSplitter, PartsStayUnderTheSizeAndEachBeginsWithTheNotes) {
  Splitter splitter(100'000, {Row(5'000, 9, 0)});
  uint64_t given = 0;
  int begun = 0;
  for (uint32_t i = 0; i < 50; ++i) {
    begun += splitter.Add(Row(3'000 + 400 * (i % 7), 0, 1));
    given += 1;
  }
  ASSERT_TRUE(splitter.Fits().ok());
  const auto parts = splitter.Finish();
  EXPECT_EQ(static_cast<size_t>(begun), parts.size());
  EXPECT_GT(parts.size(), 1u);
  uint64_t entries = 0;
  for (const auto& part : parts) {
    EXPECT_LE(BytesOf(part), 100'000u);
    ASSERT_GE(part.size(), 2u);
    EXPECT_EQ(part[0].notes, 9u);
    for (const IndexRow& row : part) entries += row.entries;
  }
  EXPECT_EQ(entries, given);
}

TEST(BundleSplitter, NotesAloneAreOnePartAndNothingIsNone) {
  Splitter notes(100'000, {Row(5'000, 9, 0)});
  EXPECT_EQ(notes.Finish().size(), 1u);
  Splitter nothing(100'000, {});
  EXPECT_TRUE(nothing.Finish().empty());
}

TEST(BundleSplitter, SaysHowMuchIsNeededWhenTheSizeIsTooSmall) {
  Splitter splitter(100'000, {Row(90'000, 9, 0)});
  splitter.Add(Row(60'000, 0, 1));
  const absl::Status status = splitter.Fits();
  EXPECT_EQ(base::ReasonOf(status), "VALIDATION_FAILED");
  EXPECT_NE(status.message().find("151112"), absl::string_view::npos) << status;
}

}  // namespace
}  // namespace entente::bundle
