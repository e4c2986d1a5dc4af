// Where entries stand: runs of arrivals against a map that a child could keep, entries that come
// after their place was told, rows of earlier programs, and rows that are not as they were written.
#include "node/register/index_rows.h"

#include <cstdio>
#include <map>
#include <random>

#include "node/base/bytes.h"
#include "node/crypto/sha256.h"
#include "node/store/schema.h"
#include "storage/memory_kv.h"
#include "tests/unit/register/register_fixture.h"

namespace entente::reg {
namespace {

using Rows = std::map<std::string, std::string>;

LogId LogNumber(uint64_t number) { return crypto::Sha256("log " + std::to_string(number)); }
EntryId IdOfArrival(uint64_t arrival) {
  return *EntryId::FromBytes(crypto::Sha256("arrival " + std::to_string(arrival)).view());
}

class IndexRowsTest : public testing::Test {
 protected:
  IndexRowsTest() : kv_(store::Families()) {}

  void Write(storage::WriteBatch& batch) {
    ASSERT_TRUE(kv_.Write(batch, storage::Durability::kSynced).ok());
    batch.Clear();
  }
  absl::StatusOr<std::optional<uint64_t>> Index(const LogId& log, uint64_t arrival) {
    const auto snapshot = kv_.NewSnapshot();
    return IndexReader(snapshot.get(), log).Of(IdOfArrival(arrival), arrival);
  }
  size_t RowsOf(const std::string& prefix) {
    size_t rows = 0;
    auto snapshot = kv_.NewSnapshot();
    for (auto it = snapshot->Scan(store::kRegister, prefix); it->Valid(); it->Next()) ++rows;
    return rows;
  }

  storage::MemoryKv kv_;
};

TEST_F(IndexRowsTest, WhatFollowsInBothTakesOneRow) {
  storage::WriteBatch batch;
  IndexWriter writer(LogNumber(1), &batch);
  for (uint64_t i = 0; i < 3000; ++i) writer.Add(IdOfArrival(100 + i), 100 + i, 7 + i);
  writer.Finish();
  writer.Finish();
  EXPECT_EQ(batch.ops().size(), 1u);
  Write(batch);
  for (uint64_t arrival : {100, 101, 1500, 3099}) {
    EXPECT_EQ(*Index(LogNumber(1), arrival), arrival - 93);
  }
  for (uint64_t arrival : {1, 99, 3100}) EXPECT_EQ(*Index(LogNumber(1), arrival), std::nullopt);
  EXPECT_EQ(*Index(LogNumber(2), 101), std::nullopt);
}

// Leaves in any order, some of entries that are not held, in several batches, of two registers.
TEST_F(IndexRowsTest, EveryLeafIsFoundWhereItStands) {
  const auto seed = std::random_device{}();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  std::map<std::pair<uint64_t, uint64_t>, uint64_t> expected;  // log, arrival -> index
  uint64_t indexes[2] = {0, 0};
  for (int step = 0; step < 60; ++step) {
    const uint64_t log = random() % 2;
    storage::WriteBatch batch;
    IndexWriter writer(LogNumber(log), &batch);
    uint64_t arrival = 1 + random() % 400;
    for (int leaf = 0; leaf < 20; ++leaf, ++arrival) {
      if (random() % 8 == 0) arrival = 1 + random() % 400;
      if (!expected.emplace(std::pair(log, arrival), indexes[log]).second) continue;
      const bool held = random() % 16 != 0;
      writer.Add(IdOfArrival(arrival), held ? arrival : 0, indexes[log]++);
    }
    writer.Finish();
    Write(batch);
  }
  for (uint64_t log : {0, 1}) {
    for (uint64_t arrival = 1; arrival < 430; ++arrival) {
      const auto at = expected.find({log, arrival});
      const auto index = Index(LogNumber(log), arrival);
      ASSERT_TRUE(index.ok()) << index.status();
      EXPECT_EQ(*index, at == expected.end() ? std::nullopt : std::optional(at->second)) << arrival;
    }
  }
  // The same of one reader, which keeps the runs it met, in any order.
  const auto snapshot = kv_.NewSnapshot();
  for (uint64_t log : {0, 1}) {
    IndexReader reader(snapshot.get(), LogNumber(log));
    for (int n = 0; n < 2000; ++n) {
      const uint64_t arrival = 1 + random() % 430;
      const auto at = expected.find({log, arrival});
      const auto index = reader.Of(IdOfArrival(arrival), arrival);
      ASSERT_TRUE(index.ok()) << index.status();
      EXPECT_EQ(*index, at == expected.end() ? std::nullopt : std::optional(at->second)) << arrival;
    }
  }
}

TEST_F(IndexRowsTest, ARowThatIsNotAsItWasWrittenIsSaid) {
  storage::WriteBatch written, batch;
  IndexWriter writer(LogNumber(1), &written);
  writer.Add(IdOfArrival(5), 5, 0);
  writer.Add(IdOfArrival(9), 0, 1);
  writer.Finish();
  const std::vector<storage::WriteBatch::Op>& rows = written.ops();
  ASSERT_EQ(rows.size(), 2u);
  ASSERT_TRUE(kv_.Write(written, storage::Durability::kSynced).ok());
  for (const auto& row : rows) {
    const uint64_t arrival = row.key[0] == 'a' ? 5 : 9;
    const std::string as_written = base::Str(row.value);
    ASSERT_TRUE(Index(LogNumber(1), arrival)->has_value());
    for (const std::string& value : {std::string(), as_written + "x", as_written.substr(1)}) {
      batch.Put(row.family, row.key, value);
      Write(batch);
      EXPECT_EQ(Index(LogNumber(1), arrival).status().code(), absl::StatusCode::kDataLoss);
    }
    batch.Put(row.family, row.key, row.value);
    Write(batch);
  }
  // A run that would begin before the first leaf, and one of nothing.
  for (uint32_t count : {2u, 0u}) {
    std::string value;
    base::AppendU64(value, 0);
    base::AppendU32(value, count);
    const bool run = rows[0].key[0] == 'a';
    batch.Put(store::kRegister, rows[run ? 0 : 1].key, value);
    Write(batch);
    EXPECT_EQ(Index(LogNumber(1), 5).status().code(), absl::StatusCode::kDataLoss) << count;
  }
}

}  // namespace
}  // namespace entente::reg

namespace entente::driver {
namespace {

class StandingTest : public RegisterTest {
 protected:
  void ExpectAllStand(Store& store, const std::vector<Entry>& entries) {
    const std::vector<base::EntryId> leaves = Leaves(store);
    auto snapshot = store.kv().NewSnapshot();
    for (const Entry& entry : entries) {
      const auto index = reg::IndexReader(snapshot.get(), HeadOf(store)->log).Of(entry.id);
      ASSERT_TRUE(index.ok() && index->has_value()) << entry.id.Short();
      EXPECT_EQ(leaves.at(**index), entry.id);
    }
  }
  reg::Rows RowsOf(Store& store) {
    reg::Rows rows;
    auto snapshot = store.kv().NewSnapshot();
    for (auto it = snapshot->Scan(store::kRegister, ""); it->Valid(); it->Next()) {
      rows.emplace(it->key(), it->value());
    }
    return rows;
  }
};

TEST_F(StandingTest, EntriesThatComeBeforeOrAfterTheirPlaceWasTold) {
  Keep(*register_);
  const std::vector<Entry> entries = Write(40);
  register_->Ingest(entries);
  Sequence(*register_);
  Sign(*register_);
  copy_->Ingest({entries.begin(), entries.begin() + 15});
  EXPECT_EQ(Tell(*register_, *copy_).leaves_new, 40u);
  ExpectAllStand(*copy_, entries);
  copy_->Ingest({entries.begin() + 15, entries.end()});
  copy_->Restart();
  ExpectAllStand(*copy_, entries);
}

// The copy becomes the register's node: what it was told of stands, and is not taken in twice.
TEST_F(StandingTest, ARegisterThatGotItsTreeBackTakesInOnlyWhatIsNew) {
  Keep(*register_);
  const std::vector<Entry> entries = Write(30);
  register_->Ingest({entries.begin(), entries.begin() + 20});
  Sequence(*register_);
  Sign(*register_);
  copy_->Ingest({entries.begin(), entries.begin() + 10});
  Tell(*register_, *copy_);
  copy_->Ingest({entries.begin() + 10, entries.end()});
  Keep(*copy_);
  copy_->replica()
      .ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
        registers.Resume(instrument(), batch);
        return absl::OkStatus();
      })
      .IgnoreError();
  copy_->Commit();
  Sequence(*copy_);
  EXPECT_EQ(Leaves(*copy_).size(), 30u);
  ExpectAllStand(*copy_, entries);
}

TEST_F(StandingTest, AStoreOfAnEarlierProgramGoesOn) {
  Keep(*register_);
  const std::vector<Entry> entries = Write(25);
  register_->Ingest({entries.begin(), entries.begin() + 12});
  Sequence(*register_);
  Sign(*register_);
  // As it was: a row for each entry, none for runs.
  storage::WriteBatch batch;
  for (const auto& [key, value] : RowsOf(*register_)) {
    if (key[0] == 'a') batch.Delete(store::kRegister, key);
  }
  reg::IndexWriter earlier(HeadOf(*register_)->log, &batch);
  for (uint64_t i = 0; i < 12; ++i) earlier.Add(entries[i].id, 0, i);
  ASSERT_TRUE(register_->kv().Write(batch, storage::Durability::kSynced).ok());
  register_->Restart();
  Keep(*register_);
  ExpectAllStand(*register_, {entries.begin(), entries.begin() + 12});
  register_->Ingest({entries.begin() + 12, entries.end()});
  Sequence(*register_);
  EXPECT_EQ(Leaves(*register_).size(), 25u);
  ExpectAllStand(*register_, entries);
}

}  // namespace
}  // namespace entente::driver
