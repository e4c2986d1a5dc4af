// How far an earlier audit went: one spelling of the file, and only a prefix that leads to its
// root.
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

Audited Of(const std::vector<base::EntryId>& leaves, uint64_t size) {
  tlog::MemoryTree tree;
  for (const base::EntryId& leaf : leaves) tree.Append(base::Digest{leaf.bytes});
  return {*base::InstrumentId::FromBytes(crypto::Sha256("instrument").view()), size,
          tree.RootAt(size)};
}

TEST(AuditedFile, ReadsBackAndHasOneSpelling) {
  const Audited audited = Of(Leaves(77), 77);
  const std::string text = AuditedText(audited);
  const auto read = ParseAudited(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->instrument, audited.instrument);
  EXPECT_EQ(read->size, 77u);
  EXPECT_EQ(read->root, audited.root);
  for (size_t cut = 0; cut < text.size(); ++cut) {
    EXPECT_FALSE(ParseAudited(text.substr(0, cut)).ok()) << cut;
  }
  for (const auto& [from, to] :
       {std::pair("size 77", "size 077"), std::pair("size 77", "size 0"),
        std::pair("size 77", "size 4611686018427387905"), std::pair("audited/1", "audited/2"),
        std::pair("root ", "root  "), std::pair("size", "Size")}) {
    std::string other = text;
    other.replace(other.find(from), std::string(from).size(), to);
    EXPECT_FALSE(ParseAudited(other).ok()) << other;
  }
  EXPECT_FALSE(ParseAudited(text + "\n").ok());
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
