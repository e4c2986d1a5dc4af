#include "storage/write_batch.h"

#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace entente::storage {
namespace {

using Kind = WriteBatch::Op::Kind;

struct Expected {
  Kind kind;
  Family family;
  std::string key, value;
};

void ExpectHolds(const WriteBatch& batch, const std::vector<Expected>& expected) {
  ASSERT_EQ(batch.ops().size(), expected.size());
  size_t bytes = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    const WriteBatch::Op& op = batch.ops()[i];
    EXPECT_EQ(op.kind, expected[i].kind) << i;
    EXPECT_EQ(op.family, expected[i].family) << i;
    EXPECT_EQ(op.key, expected[i].key) << i;
    EXPECT_EQ(op.value, expected[i].value) << i;
    bytes += expected[i].key.size() + expected[i].value.size();
  }
  EXPECT_EQ(batch.bytes(), bytes);
  EXPECT_EQ(batch.empty(), expected.empty());
}

// Sizes around those at which memory is taken anew: none, small, nearly and over a block.
std::string RandomBytes(std::mt19937& random) {
  constexpr size_t kSizes[] = {0, 1, 40, 1000, 60'000, 262'143, 262'144, 300'000};
  return std::string(kSizes[random() % std::size(kSizes)], static_cast<char>('a' + random() % 26));
}

// The batch is filled, moved and emptied again and again: what it holds is always what was put.
TEST(WriteBatch, HoldsWhatWasPutWhateverItHeldBefore) {
  constexpr uint32_t kSeed = 20261130;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  WriteBatch batch;
  for (int round = 0; round < 30; ++round) {
    std::vector<Expected> expected;
    for (uint32_t left = random() % 40; left > 0; --left) {
      Expected op{static_cast<Kind>(random() % 3), static_cast<Family>(random() % 5),
                  RandomBytes(random), RandomBytes(random)};
      if (op.kind == Kind::kMerge) {
        batch.Merge(op.family, op.key, op.value);
      } else if (op.kind == Kind::kDelete) {
        op.value.clear();
        batch.Delete(op.family, op.key);
      } else if (random() % 2 == 0) {
        batch.Put(op.family, op.key, op.value);
      } else {
        char* room = batch.PutRoom(op.family, op.key, op.value.size());
        std::memcpy(room, op.value.data(), op.value.size());
      }
      expected.push_back(std::move(op));
    }
    ExpectHolds(batch, expected);
    WriteBatch moved = std::move(batch);
    ExpectHolds(batch, {});
    ExpectHolds(moved, expected);
    batch = std::move(moved);
    ExpectHolds(batch, expected);
    batch.Clear();
    ExpectHolds(batch, {});
  }
}

TEST(WriteBatch, UsesItsMemoryAgain) {
  WriteBatch batch;
  batch.Put(0, "key", "value");
  const char* first = batch.ops()[0].key.data();
  batch.Clear();
  batch.Put(0, "other", "value");
  EXPECT_EQ(batch.ops()[0].key.data(), first);
}

}  // namespace
}  // namespace entente::storage
