#include "storage/bounds.h"

#include "gtest/gtest.h"

namespace entente::storage {
namespace {

TEST(PrefixEndTest, IsTheNextPrefixOfTheSameLength) { EXPECT_EQ(PrefixEnd("ab"), "ac"); }

TEST(PrefixEndTest, CarriesOverTrailingLargestBytes) {
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd("\x7f\xff\xff"), "\x80");
}

TEST(PrefixEndTest, IsOpenWhereNoKeyIsGreater) {
  EXPECT_EQ(PrefixEnd(""), "");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
}

TEST(CheckBatchTest, NamesTheFamilyAndTheLimit) {
  WriteBatch batch;
  batch.Put(0, std::string(kMaxKeyBytes + 1, 'k'), "");
  const absl::Status status = CheckBatch(batch, {FamilyOptions{"entries", nullptr, 0}});
  EXPECT_EQ(status.message(), "a key in family 'entries' has 1025 bytes; at most 1024 are allowed");
}

}  // namespace
}  // namespace entente::storage
