// The contract of storage/kv.h, run on both stores. What only one of them can do (crash, damaged
// files) is in its own test file.
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/bounds.h"
#include "storage/memory_kv.h"
#include "storage/rocksdb_kv.h"
#include "tests/unit/storage/store_fixture.h"

namespace entente::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Family kMeta = 0, kLargest = 1, kPrefixed = 2, kNoSuch = 3;

class MemoryMaker {
 public:
  MemoryMaker() : kv_(std::make_unique<MemoryKv>(TestFamilies())) {}
  Kv& kv() { return *kv_; }
  void Reopen() { kv_->Crash(); }

 private:
  std::unique_ptr<MemoryKv> kv_;
};

class RocksMaker {
 public:
  RocksMaker() { Reopen(); }
  Kv& kv() { return *kv_; }
  void Reopen() {
    kv_.reset();
    auto opened = RocksKv::Open(TestOptions(dir_.Sub("store")));
    ASSERT_TRUE(opened.ok()) << opened.status();
    kv_ = *std::move(opened);
  }

 private:
  ScratchDir dir_;
  std::unique_ptr<RocksKv> kv_;
};

template <typename Maker>
class KvContractTest : public ::testing::Test {
 protected:
  Kv& kv() { return maker_.kv(); }
  void Put(Family family, const std::string& key, const std::string& value) {
    WriteSynced(PutOne(family, key, value));
  }
  void WriteSynced(const WriteBatch& batch) {
    const absl::Status status = kv().Write(batch, Durability::kSynced);
    ASSERT_TRUE(status.ok()) << status;
  }
  // "(none)" for a key that is not there.
  std::string Get(Family family, const std::string& key) {
    auto value = kv().Get(family, key);
    if (!value.ok()) return value.status().ToString();
    return value->value_or("(none)");
  }
  void Reopen() { maker_.Reopen(); }

 private:
  Maker maker_;
};

using Makers = ::testing::Types<MemoryMaker, RocksMaker>;
class MakerName {
 public:
  template <typename T>
  static std::string GetName(int) {
    return std::is_same_v<T, MemoryMaker> ? "Memory" : "Rocks";
  }
};
TYPED_TEST_SUITE(KvContractTest, Makers, MakerName);

TYPED_TEST(KvContractTest, NewStoreIsEmptyAtCommitZero) {
  EXPECT_EQ(this->kv().last_commit(), 0u);
  EXPECT_EQ(this->Get(kMeta, "k"), "(none)");
  EXPECT_THAT(ScanAll(this->kv(), kMeta, ""), IsEmpty());
}

TYPED_TEST(KvContractTest, PutIsReadBack) {
  this->Put(kMeta, "k", "v");
  EXPECT_EQ(this->Get(kMeta, "k"), "v");
}

TYPED_TEST(KvContractTest, EmptyValueIsNotAbsence) {
  this->Put(kMeta, "k", "");
  EXPECT_EQ(this->Get(kMeta, "k"), "");
}

TYPED_TEST(KvContractTest, FamiliesAreApart) {
  this->Put(kMeta, "key1", "meta");
  this->Put(kPrefixed, "key1", "prefixed");
  EXPECT_EQ(this->Get(kMeta, "key1"), "meta");
  EXPECT_EQ(this->Get(kPrefixed, "key1"), "prefixed");
  EXPECT_EQ(this->Get(kLargest, "key1"), "(none)");
}

TYPED_TEST(KvContractTest, DeleteRemovesAndDeletingNothingIsFine) {
  this->Put(kMeta, "k", "v");
  WriteBatch batch;
  batch.Delete(kMeta, "k");
  batch.Delete(kMeta, "never there");
  this->WriteSynced(batch);
  EXPECT_EQ(this->Get(kMeta, "k"), "(none)");
}

TYPED_TEST(KvContractTest, BatchAppliesInOrder) {
  WriteBatch batch;
  batch.Put(kMeta, "kept", "1");
  batch.Delete(kMeta, "kept");
  batch.Put(kMeta, "kept", "2");
  batch.Put(kMeta, "gone", "1");
  batch.Delete(kMeta, "gone");
  this->WriteSynced(batch);
  EXPECT_EQ(this->Get(kMeta, "kept"), "2");
  EXPECT_EQ(this->Get(kMeta, "gone"), "(none)");
}

TYPED_TEST(KvContractTest, MergeIntoNothingAndIntoAnExistingValue) {
  WriteBatch batch;
  batch.Merge(kLargest, "k", "b");
  this->WriteSynced(batch);
  EXPECT_EQ(this->Get(kLargest, "k"), "b");
  batch.Clear();
  batch.Merge(kLargest, "k", "a");
  this->WriteSynced(batch);
  EXPECT_EQ(this->Get(kLargest, "k"), "b");
  batch.Clear();
  batch.Merge(kLargest, "k", "c");
  this->WriteSynced(batch);
  EXPECT_EQ(this->Get(kLargest, "k"), "c");
}

TYPED_TEST(KvContractTest, MergePutAndDeleteOfOneKeyInOneBatch) {
  WriteBatch batch;
  batch.Put(kLargest, "after put", "m");
  batch.Merge(kLargest, "after put", "z");
  batch.Merge(kLargest, "put wins", "z");
  batch.Put(kLargest, "put wins", "a");
  batch.Merge(kLargest, "after delete", "z");
  batch.Delete(kLargest, "after delete");
  batch.Merge(kLargest, "after delete", "b");
  this->WriteSynced(batch);
  EXPECT_EQ(this->Get(kLargest, "after put"), "z");
  EXPECT_EQ(this->Get(kLargest, "put wins"), "a");
  EXPECT_EQ(this->Get(kLargest, "after delete"), "b");
}

TYPED_TEST(KvContractTest, MergedRowsAppearInScans) {
  WriteBatch batch;
  batch.Merge(kLargest, "a", "1");
  batch.Merge(kLargest, "a", "3");
  batch.Merge(kLargest, "a", "2");
  this->WriteSynced(batch);
  EXPECT_THAT(ScanAll(this->kv(), kLargest, ""), ElementsAre(Pair("a", "3")));
}

TYPED_TEST(KvContractTest, ScanIsAscendingByUnsignedBytes) {
  for (const char* key : {"b", "\xff", "a", "\x7f", "\x80"}) this->Put(kMeta, key, "");
  EXPECT_THAT(ScanAll(this->kv(), kMeta, ""),
              ElementsAre(Pair("a", ""), Pair("b", ""), Pair("\x7f", ""), Pair("\x80", ""),
                          Pair("\xff", "")));
}

TYPED_TEST(KvContractTest, ScanYieldsExactlyThePrefix) {
  for (const char* key : {"a", "ab", "aba", "abz", "ac", "b"}) this->Put(kMeta, key, key);
  EXPECT_THAT(ScanAll(this->kv(), kMeta, "ab"),
              ElementsAre(Pair("ab", "ab"), Pair("aba", "aba"), Pair("abz", "abz")));
  EXPECT_THAT(ScanAll(this->kv(), kMeta, "abc"), IsEmpty());
}

TYPED_TEST(KvContractTest, ScanOfPrefixesEndingInTheLargestByte) {
  const std::string ff = "\xff", a_ff = "a\xff", ff_ff = "\xff\xff";
  for (const std::string& key : {a_ff, a_ff + "x", std::string("b"), ff, ff_ff, ff_ff + "\x01"}) {
    this->Put(kMeta, key, "");
  }
  EXPECT_THAT(ScanAll(this->kv(), kMeta, a_ff), ElementsAre(Pair(a_ff, ""), Pair(a_ff + "x", "")));
  EXPECT_THAT(ScanAll(this->kv(), kMeta, ff),
              ElementsAre(Pair(ff, ""), Pair(ff_ff, ""), Pair(ff_ff + "\x01", "")));
  EXPECT_THAT(ScanAll(this->kv(), kMeta, ff_ff),
              ElementsAre(Pair(ff_ff, ""), Pair(ff_ff + "\x01", "")));
}

TYPED_TEST(KvContractTest, ScanOfKeysWithZeroBytes) {
  const std::string zero("a\0", 2), one("a\0b", 3);
  this->Put(kMeta, zero, "0");
  this->Put(kMeta, one, "1");
  this->Put(kMeta, "a", "2");
  EXPECT_THAT(ScanAll(this->kv(), kMeta, zero), ElementsAre(Pair(zero, "0"), Pair(one, "1")));
}

// Shorter, equal and longer prefixes than the bloom hint of the family, and keys shorter than it.
TYPED_TEST(KvContractTest, PrefixHintChangesNoAnswer) {
  for (const char* key : {"ab", "abc", "abcd", "abcd1", "abcd2", "abce", "b"}) {
    this->Put(kPrefixed, key, "");
  }
  EXPECT_EQ(ScanAll(this->kv(), kPrefixed, "").size(), 7u);
  EXPECT_EQ(ScanAll(this->kv(), kPrefixed, "abc").size(), 5u);
  EXPECT_EQ(ScanAll(this->kv(), kPrefixed, "abcd").size(), 3u);
  EXPECT_THAT(ScanAll(this->kv(), kPrefixed, "abcd1"), ElementsAre(Pair("abcd1", "")));
  EXPECT_THAT(ScanAll(this->kv(), kPrefixed, "abcx"), IsEmpty());
  EXPECT_EQ(this->Get(kPrefixed, "ab"), "");
}

TYPED_TEST(KvContractTest, SeekStaysInsideTheScan) {
  for (const char* key : {"a", "m1", "m3", "m5", "z"}) this->Put(kMeta, key, "");
  auto snapshot = this->kv().NewSnapshot();
  auto it = snapshot->Scan(kMeta, "m");
  it->Seek("m2");
  ASSERT_TRUE(it->Valid());
  EXPECT_EQ(it->key(), "m3");
  it->Seek("m3");
  EXPECT_EQ(it->key(), "m3");
  it->Seek("m6");
  EXPECT_FALSE(it->Valid());
  it->Seek("z");
  EXPECT_FALSE(it->Valid());
  it->Seek("a");
  ASSERT_TRUE(it->Valid());
  EXPECT_EQ(it->key(), "m1");
  EXPECT_TRUE(it->status().ok());
}

TYPED_TEST(KvContractTest, LastIsTheGreatestKeyOfThePrefix) {
  for (const char* key : {"a", "m1", "m9", "n", "\xff\x01"}) this->Put(kMeta, key, key);
  for (const char* key : {"abc", "abcd1", "abcd2", "abce"}) this->Put(kPrefixed, key, key);
  auto snapshot = this->kv().NewSnapshot();
  auto key_of = [&](Family family, const std::string& prefix) -> std::string {
    auto last = snapshot->Last(family, prefix);
    return last.ok() && last->has_value() ? (*last)->first : "(none)";
  };
  EXPECT_EQ(key_of(kMeta, "m"), "m9");
  EXPECT_EQ(key_of(kMeta, ""), "\xff\x01");
  EXPECT_EQ(key_of(kMeta, "\xff"), "\xff\x01");
  EXPECT_EQ(key_of(kMeta, "b"), "(none)");
  EXPECT_EQ(key_of(kPrefixed, "abcd"), "abcd2");
  EXPECT_EQ(key_of(kPrefixed, "abcd1"), "abcd1");
  EXPECT_EQ(key_of(kPrefixed, "ab"), "abce");
}

TYPED_TEST(KvContractTest, SnapshotSeesOneStateForEver) {
  this->Put(kMeta, "changed", "1");
  this->Put(kMeta, "deleted", "1");
  auto snapshot = this->kv().NewSnapshot();
  this->Put(kMeta, "changed", "2");
  this->Put(kMeta, "new", "2");
  WriteBatch batch;
  batch.Delete(kMeta, "deleted");
  this->WriteSynced(batch);

  EXPECT_EQ(snapshot->Get(kMeta, "changed")->value_or("(none)"), "1");
  EXPECT_EQ(snapshot->Get(kMeta, "deleted")->value_or("(none)"), "1");
  EXPECT_EQ(snapshot->Get(kMeta, "new")->value_or("(none)"), "(none)");
  EXPECT_EQ((*snapshot->Last(kMeta, ""))->first, "deleted");
  EXPECT_THAT(ScanAll(this->kv(), kMeta, ""), ElementsAre(Pair("changed", "2"), Pair("new", "2")));
}

TYPED_TEST(KvContractTest, OpenIteratorIsNotDisturbedByWrites) {
  for (const char* key : {"a", "b", "c"}) this->Put(kMeta, key, "1");
  auto snapshot = this->kv().NewSnapshot();
  auto it = snapshot->Scan(kMeta, "");
  this->Put(kMeta, "aa", "2");
  WriteBatch batch;
  batch.Delete(kMeta, "b");
  this->WriteSynced(batch);
  std::string keys;
  for (; it->Valid(); it->Next()) keys.append(it->key().data(), it->key().size());
  EXPECT_EQ(keys, "abc");
}

TYPED_TEST(KvContractTest, IteratorMayOutliveItsSnapshot) {
  this->Put(kMeta, "a", "1");
  auto it = this->kv().NewSnapshot()->Scan(kMeta, "");
  this->Put(kMeta, "a", "2");
  ASSERT_TRUE(it->Valid());
  EXPECT_EQ(it->value(), "1");
}

TYPED_TEST(KvContractTest, OnlySyncedBatchesAreCounted) {
  this->Put(kMeta, "a", "");
  EXPECT_EQ(this->kv().last_commit(), 1u);
  ASSERT_TRUE(this->kv().Write(PutOne(kMeta, "b", ""), Durability::kUnsynced).ok());
  EXPECT_EQ(this->kv().last_commit(), 1u);
  this->WriteSynced(WriteBatch());  // an empty one only moves the sync horizon
  EXPECT_EQ(this->kv().last_commit(), 2u);
}

TYPED_TEST(KvContractTest, UnsyncedWritesAreVisibleAtOnce) {
  ASSERT_TRUE(this->kv().Write(PutOne(kMeta, "a", "1"), Durability::kUnsynced).ok());
  EXPECT_EQ(this->Get(kMeta, "a"), "1");
}

TYPED_TEST(KvContractTest, SyncedStateSurvivesReopening) {
  this->Put(kMeta, "a", "1");
  WriteBatch batch;
  batch.Merge(kLargest, "m", "x");
  batch.Merge(kLargest, "m", "y");
  this->WriteSynced(batch);
  this->Reopen();
  EXPECT_EQ(this->kv().last_commit(), 2u);
  EXPECT_EQ(this->Get(kMeta, "a"), "1");
  EXPECT_EQ(this->Get(kLargest, "m"), "y");
  this->Put(kMeta, "b", "2");
  EXPECT_EQ(this->kv().last_commit(), 3u);
}

TYPED_TEST(KvContractTest, InvalidBatchIsRefusedWholeAndTheStoreStaysOpen) {
  WriteBatch merge_without_function, unknown_family, long_key, long_value;
  merge_without_function.Put(kMeta, "a", "1");
  merge_without_function.Merge(kMeta, "b", "1");
  unknown_family.Put(kNoSuch, "a", "1");
  long_key.Put(kMeta, std::string(kMaxKeyBytes + 1, 'k'), "");
  long_value.Put(kMeta, "a", std::string(kMaxValueBytes + 1, 'v'));
  for (const WriteBatch* batch :
       {&merge_without_function, &unknown_family, &long_key, &long_value}) {
    EXPECT_TRUE(absl::IsInvalidArgument(this->kv().Write(*batch, Durability::kSynced)));
  }
  EXPECT_EQ(this->Get(kMeta, "a"), "(none)");
  EXPECT_EQ(this->kv().last_commit(), 0u);
  this->Put(kMeta, "a", "1");
}

TYPED_TEST(KvContractTest, LargestKeyAndValueAreAccepted) {
  const std::string key(kMaxKeyBytes, 'k'), value(kMaxValueBytes, 'v');
  this->Put(kMeta, key, value);
  EXPECT_EQ(this->Get(kMeta, key), value);
}

TYPED_TEST(KvContractTest, ReadingAnUnknownFamilyIsAnError) {
  EXPECT_TRUE(absl::IsInvalidArgument(this->kv().Get(kNoSuch, "a").status()));
  auto snapshot = this->kv().NewSnapshot();
  EXPECT_TRUE(absl::IsInvalidArgument(snapshot->Get(kNoSuch, "a").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(snapshot->Last(kNoSuch, "a").status()));
  auto it = snapshot->Scan(kNoSuch, "");
  EXPECT_FALSE(it->Valid());
  EXPECT_TRUE(absl::IsInvalidArgument(it->status()));
}

TYPED_TEST(KvContractTest, SizeGrowsWithContent) {
  const uint64_t before = this->kv().size_bytes();
  this->Put(kMeta, "a", std::string(500'000, 'v'));
  EXPECT_GT(this->kv().size_bytes(), before);
}

}  // namespace
}  // namespace entente::storage
