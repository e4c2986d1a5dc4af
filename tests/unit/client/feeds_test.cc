#include "client/ledger/feeds.h"

#include <gtest/gtest.h>

namespace entente::client {
namespace {

base::EntryId Id(uint8_t n) {
  base::EntryId id;
  id.bytes.fill(n);
  return id;
}

FeedEntry At(uint64_t sequence, uint8_t id, uint8_t previous, const std::string& reference = "") {
  FeedEntry entry{sequence, Id(id), previous == 0 ? base::EntryId{} : Id(previous), {}, 1 << 16};
  entry.reference = reference;
  return entry;
}

ledger::FeedKey Feed(uint8_t key) {
  ledger::FeedKey feed;
  feed.key.bytes[0] = key;
  return feed;
}

// 1 - 2 - 4 and 1 - 3: forked at number 2.
Feeds Forked() {
  return {{Feed(1),
           {At(1, 0x11, 0, "R:E/M/KG/A"), At(2, 0x22, 0x11, "R:E/M/KG/B"),
            At(2, 0x33, 0x11, "R:E/M/KG/B"), At(3, 0x44, 0x22)}}};
}

TEST(Feeds, APathIsOneLineAndEndsIncluded) {
  const Path path = PathBetween(Forked(), Id(0x11), Id(0x44));
  ASSERT_EQ(path.entries.size(), 3u);
  EXPECT_EQ(path.entries[0].id, Id(0x11));
  EXPECT_EQ(path.entries[1].id, Id(0x22));
}

TEST(Feeds, EntriesOfTwoBranchesAreOnNoPath) {
  EXPECT_TRUE(PathBetween(Forked(), Id(0x33), Id(0x44)).entries.empty());
  EXPECT_TRUE(PathBetween(Forked(), Id(0x44), Id(0x11)).entries.empty());
  EXPECT_TRUE(PathBetween(Forked(), Id(0x11), Id(0x99)).entries.empty());
}

TEST(Feeds, AWordIsTheBeginningOfAnIdOrAReference) {
  EXPECT_EQ(EntriesNamed(Forked(), "2222").size(), 1u);
  EXPECT_EQ(EntriesNamed(Forked(), "222").size(), 0u) << "too short to be an id";
  EXPECT_EQ(EntriesNamed(Forked(), "R:E/M/KG/B").size(), 2u);
  EXPECT_EQ(EntriesNamed(Forked(), "KG/A").size(), 1u);
  EXPECT_EQ(EntriesNamed(Forked(), "KG/C").size(), 0u);
}

TEST(Feeds, BranchesAreCountedFromTheFork) {
  const std::vector<Branch> branches = BranchesOf(Forked());
  ASSERT_EQ(branches.size(), 2u);
  for (const Branch& branch : branches) {
    EXPECT_EQ(branch.fork, 2u);
    EXPECT_EQ(branch.entries, branch.tip.id == Id(0x44) ? 2u : 1u);
  }
  EXPECT_TRUE(BranchesOf({{Feed(1), {At(1, 0x11, 0), At(2, 0x22, 0x11)}}}).empty());
}

}  // namespace
}  // namespace entente::client
