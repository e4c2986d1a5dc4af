// What an earlier audit left: one spelling of the file, damage is seen, and only a prefix that
// leads to its root was verified.
#include "client/audit/audited.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/crypto/sha256.h"
#include "node/tlog/memory_tree.h"

namespace entente::client {
namespace {

using ::testing::IsEmpty;

std::vector<base::EntryId> Leaves(size_t count) {
  std::vector<base::EntryId> out;
  for (size_t i = 0; i < count; ++i) {
    out.push_back(*base::EntryId::FromBytes(crypto::Sha256(absl::StrCat(i)).view()));
  }
  return out;
}

base::Digest Hash(absl::string_view words) { return crypto::Sha256(words); }

Audited Of(const std::vector<base::EntryId>& leaves, uint64_t size) {
  tlog::MemoryTree tree;
  for (const base::EntryId& leaf : leaves) tree.Append(base::Digest{leaf.bytes});
  return {*base::InstrumentId::FromBytes(Hash("instrument").view()), size, tree.RootAt(size),
          "2026-11-29T12:00:00Z"};
}

Audited WithLog() {
  const std::vector<base::EntryId> leaves = Leaves(77);
  Audited out = Of(leaves, 77);
  AuditedLog& log = out.log.emplace();
  log.program = "1.2.3";
  log.notes = {*base::NoteId::FromBytes(Hash("note").view())};
  tlog::CompactRange range;
  for (const base::EntryId& leaf : leaves) range.Append(base::Digest{leaf.bytes});
  log.places.edge = range.edge();
  log.places.missing[7] = leaves[7];
  log.places.waiting = {{leaves[8], 0, {}}, {leaves[9], 60, Hash("root")}};
  AuditedFeed& feed = log.feeds.emplace_back();
  feed.key = *base::PublicKey::FromBytes(Hash("key").view());
  feed.incarnation = 2;
  feed.tips = {{5, leaves[1]}, {6, leaves[2]}};
  feed.last_hlc = 1 << 20;
  feed.delegation = log.notes[0];
  feed.by_status = {1, 2, 3, 4, 5, 6};
  feed.forks = 1;
  feed.facts = Hash("facts");
  feed.remarks = {"two entries carry this number"};
  return out;
}

TEST(AuditedFile, ReadsBackAndHasOneSpelling) {
  for (const Audited& audited : {Of(Leaves(77), 77), WithLog()}) {
    const std::string text = AuditedText(audited);
    const auto read = ParseAudited(text);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->instrument, audited.instrument);
    EXPECT_EQ(read->size, 77u);
    EXPECT_EQ(read->root, audited.root);
    EXPECT_EQ(read->time, audited.time);
    EXPECT_TRUE(read->log == audited.log);
    for (size_t cut = 0; cut < text.size(); ++cut) {
      EXPECT_FALSE(ParseAudited(text.substr(0, cut)).ok()) << cut;
      std::string flipped = text;
      flipped[cut] = static_cast<char>(flipped[cut] ^ 1);
      EXPECT_FALSE(ParseAudited(flipped).ok()) << cut;
    }
    EXPECT_FALSE(ParseAudited(text + "\n").ok());
  }
}

// With its digest made anew, as by a hand: what cannot be is refused all the same.
std::string Signed(const std::string& text) {
  const std::string lines = text.substr(0, text.rfind("digest "));
  return absl::StrCat(lines, "digest ", Hash(lines).ToHex(), "\n");
}

TEST(AuditedFile, WhatCannotBeIsRefusedUnderARightDigestToo) {
  const std::string text = AuditedText(Of(Leaves(77), 77));
  ASSERT_EQ(Signed(text), text);
  for (const auto& [from, to] :
       {std::pair("size 77", "size 077"), std::pair("size 77", "size 4611686018427387905"),
        std::pair("audited/2", "audited/1"), std::pair("root ", "root  "),
        std::pair("size", "Size"), std::pair("time 2026", "time last"), std::pair("log -", "log !"),
        std::pair("log -", "log ")}) {
    std::string other = text;
    other.replace(other.find(from), std::string(from).size(), to);
    EXPECT_FALSE(ParseAudited(Signed(other)).ok()) << other;
  }
  std::vector<Audited> wrong(6, WithLog());
  wrong[0].log->places.edge.pop_back();
  std::swap(wrong[1].log->places.edge[0], wrong[1].log->places.edge[1]);
  wrong[2].size = 76;
  wrong[3].log->feeds[0].tips.clear();
  wrong[4].log->feeds.push_back(wrong[4].log->feeds[0]);
  wrong[4].log->feeds[1].incarnation = 1;
  wrong[5].root = Hash("another");
  for (const Audited& one : wrong) {
    EXPECT_FALSE(ParseAudited(AuditedText(one)).ok()) << AuditedText(one);
  }
}

TEST(AuditedFile, OnlyLeavesThatLeadToTheRootWereVerified) {
  const std::vector<base::EntryId> leaves = Leaves(300);
  for (uint64_t size : {1, 255, 256, 257, 300}) {
    std::vector<base::EntryId> expected(leaves.begin(),
                                        leaves.begin() + static_cast<std::ptrdiff_t>(size));
    std::sort(expected.begin(), expected.end());
    const Audited audited = Of(leaves, size);
    EXPECT_EQ(VerifiedBefore(audited, leaves), expected);
    std::vector<base::EntryId> other = leaves;
    std::swap(other[0], other[299]);
    EXPECT_THAT(VerifiedBefore(audited, other), IsEmpty());
  }
  EXPECT_THAT(VerifiedBefore(Of(leaves, 300), Leaves(299)), IsEmpty());
}

}  // namespace
}  // namespace entente::client
