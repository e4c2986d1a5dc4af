// The order of a batch against a plain stable sort.
#include "storage/key_order.h"

#include <algorithm>
#include <random>
#include <tuple>

#include "gtest/gtest.h"

namespace entente::storage {
namespace {

constexpr size_t kFamilies = 4;

std::vector<uint32_t> Plain(const std::vector<WriteBatch::Op>& ops) {
  std::vector<uint32_t> order(ops.size());
  for (uint32_t n = 0; n < order.size(); ++n) order[n] = n;
  std::stable_sort(order.begin(), order.end(), [&ops](uint32_t a, uint32_t b) {
    return std::tie(ops[a].family, ops[a].key) < std::tie(ops[b].family, ops[b].key);
  });
  return order;
}

std::vector<uint32_t> Clever(const std::vector<WriteBatch::Op>& ops) {
  std::vector<uint32_t> order;
  for (const Placed& placed : KeyOrder(ops, kFamilies)) order.push_back(placed.op);
  return order;
}

// Keys that share beginnings of many lengths, end where others go on, hold zeros, and repeat.
std::string RandomKey(std::mt19937& random) {
  std::string key(random() % 3 * 10, 'k');
  for (uint32_t left = random() % 14; left > 0; --left) {
    key += static_cast<char>(random() % 4 == 0 ? random() : random() % 2);
  }
  return key;
}

TEST(KeyOrder, IsThatOfAPlainSort) {
  constexpr uint32_t kSeed = 20261129;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 500; ++round) {
    WriteBatch batch;
    const std::string shared(random() % 40, 's');
    for (uint32_t ops = random() % 200; ops > 0; --ops) {
      const Family family = random() % kFamilies;
      switch (random() % 3) {
        case 0:
          batch.Put(family, shared + RandomKey(random), "v");
          break;
        case 1:
          batch.Merge(family, shared + RandomKey(random), "v");
          break;
        default:
          batch.Delete(family, shared + RandomKey(random));
      }
    }
    ASSERT_EQ(Clever(batch.ops()), Plain(batch.ops())) << "round " << round;
  }
}

TEST(KeyOrder, AKeyStandsBeforeWhatGoesOnFromIt) {
  WriteBatch batch;
  const std::string zeros(9, '\0');
  for (size_t length : {9u, 3u, 8u, 0u, 3u}) batch.Put(0, "a" + zeros.substr(0, length), "v");
  EXPECT_EQ(Clever(batch.ops()), (std::vector<uint32_t>{3, 1, 4, 2, 0}));
}

}  // namespace
}  // namespace entente::storage
