// What becomes of entries and acts: the log, statuses, what is kept aside, and views.
#include "node/driver/replica.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "storage/bounds.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::driver {
namespace {

namespace act = ledger::act;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(ReplicaTest, AnAppendedEntryCountsAndIsShown) {
  const Entry one = plan_.Report(pen_, "one");
  EXPECT_TRUE(store_.Submit({one}).ok());
  EXPECT_EQ(store_.VerdictOf(one), kCounts);
  EXPECT_THAT(store_.Heads(), ElementsAre(one.id));
}

TEST_F(ReplicaTest, ARepeatedEntryChangesNothing) {
  const Entry one = plan_.Report(pen_, "one");
  store_.Ingest({one});
  const base::Digest before = store_.Frontier();
  const IngestReport again = store_.Ingest({one});
  EXPECT_EQ(again.entries_held, 1u);
  EXPECT_EQ(again.entries_new, 0u);
  EXPECT_EQ(store_.Frontier(), before);
}

TEST_F(ReplicaTest, AnEntryBeforeItsPredecessorWaitsAsideAndIsReleased) {
  const Entry one = plan_.Report(pen_, "one"), two = plan_.Report(pen_, "two", {one.id});
  const base::Digest empty = store_.Frontier();
  EXPECT_EQ(store_.Ingest({two}).entries_aside, 1u);
  EXPECT_FALSE(store_.Holds(two));
  const IngestReport again = store_.Ingest({two});
  EXPECT_EQ(again.entries_waiting, 1u) << "it was aside already";
  EXPECT_EQ(again.entries_aside + again.entries_held + again.entries_new, 0u);
  EXPECT_EQ(store_.Frontier(), empty);
  const IngestReport report = store_.Ingest({one});
  EXPECT_EQ(report.entries_new, 1u);
  EXPECT_EQ(report.released, 1u);
  EXPECT_THAT(store_.Heads(), ElementsAre(two.id));
  EXPECT_EQ(store_.replica().aside_count(plan_.charter.id()), 0u);
}

TEST_F(ReplicaTest, WhatIsAsideIsStillThereAfterARestart) {
  const Entry one = plan_.Report(pen_, "one"), two = plan_.Report(pen_, "two");
  store_.Ingest({two});
  store_.Restart();
  EXPECT_EQ(store_.replica().aside_count(plan_.charter.id()), 1u);
  EXPECT_EQ(store_.Ingest({one}).released, 1u);
}

TEST_F(ReplicaTest, AForgedSignatureStandsAside) {
  Entry forged = plan_.Report(pen_, "one");
  crypto::Signature signature = forged.signature;
  signature[0] ^= 1;
  auto entry = ledger::MakeEntry(forged.header_bytes, crypto::View(signature), forged.payload);
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(store_.Ingest({*entry}).entries_aside, 1u);
  EXPECT_FALSE(store_.Holds(*entry));
  EXPECT_EQ(base::ReasonOf(store_.Submit({*entry})), "RESTORE_GUARD");
  EXPECT_THAT(store_.Heads(), IsEmpty());
}

TEST_F(ReplicaTest, AChangedByteIsRefusedAtSubmit) {
  const Entry good = plan_.Report(pen_, "one");
  ledger::EntryHeader header = good.header;
  header.hlc += 1;
  auto entry =
      ledger::MakeEntry(ledger::EncodeHeader(header), crypto::View(good.signature), good.payload);
  ASSERT_TRUE(entry.ok());
  EXPECT_EQ(base::ReasonOf(store_.Submit({*entry})), "SIGNATURE_INVALID");
}

TEST_F(ReplicaTest, BothBranchesOfAForkAreKeptAndDisputed) {
  support::Pen other = pen_;
  const Entry one = plan_.Report(pen_, "one");
  other = pen_;
  const Entry left = plan_.Report(pen_, "left"), right = plan_.Report(other, "right");
  store_.Ingest({one, left});
  store_.Ingest({right});
  EXPECT_EQ(store_.VerdictOf(one), kCounts);
  EXPECT_EQ(store_.VerdictOf(left).status, Status::kDisputed);
  EXPECT_EQ(store_.VerdictOf(right).status, Status::kDisputed);
  EXPECT_THAT(store_.Heads(), ElementsAre(one.id));
  EXPECT_EQ(base::ReasonOf(store_.Submit({plan_.Report(pen_, "more")})), "FEED_FORKED");
}

TEST_F(ReplicaTest, ARevocationQuarantinesWhatIsPastItsTipsAndTakesItOutOfViews) {
  const Entry one = plan_.Report(pen_, "one"), two = plan_.Report(pen_, "two", {one.id});
  store_.Ingest({one, two});
  EXPECT_THAT(store_.Heads(), ElementsAre(two.id));
  store_.Notes({plan_.kg_chain.Add({act::Revoke{
      plan_.kg.public_key(), ledger::RevokeReason::kCompromised, {support::TipOf(one)}}})});
  EXPECT_EQ(store_.VerdictOf(one), kCounts);
  EXPECT_EQ(store_.VerdictOf(two).status, Status::kQuarantined);
  EXPECT_THAT(store_.Heads(), ElementsAre(one.id));
}

TEST_F(ReplicaTest, AnAdoptionBringsBackWhatARevocationTook) {
  const Entry one = plan_.Report(pen_, "one");
  store_.Ingest({one});
  store_.Notes(
      {plan_.kg_chain.Add({act::Revoke{plan_.kg.public_key(), ledger::RevokeReason::kLost, {}}})});
  EXPECT_THAT(store_.Heads(), IsEmpty());
  store_.Notes({plan_.kg_chain.Add({act::Adopt{one.id, one.id, "written in good faith"}})});
  EXPECT_EQ(store_.VerdictOf(one), (Verdict{Status::kAdmitted, StatusReason::kAdopted}));
  EXPECT_THAT(store_.Heads(), ElementsAre(one.id));
}

// 64 links each, so that few of them outgrow what one write may hold.
std::vector<EntryId> ManyLinks(int n) {
  std::vector<EntryId> links(64);
  for (size_t i = 0; i < links.size(); ++i) {
    links[i].bytes[0] = static_cast<uint8_t>(i);
    links[i].bytes[1] = static_cast<uint8_t>(n);
    links[i].bytes[2] = static_cast<uint8_t>(n >> 8);
    links[i].bytes[31] = 1;
  }
  return links;
}

TEST_F(ReplicaTest, ASlotLargerThanOneWriteIsTakenAwayAndBroughtBack) {
  std::vector<Entry> entries;
  for (int n = 0; n < 470; ++n)
    entries.push_back(plan_.Report(pen_, absl::StrCat("again ", n), ManyLinks(n)));
  store_.Ingest(entries);
  ASSERT_EQ(store_.Heads().size(), entries.size());
  const base::Digest before = store_.Views();
  const std::string key = store::SlotKey(plan_.charter.id(), support::ReportSlot("KG", "DDR/08"));
  ASSERT_GT((*store_.kv().Get(store::kSlots, key))->size(), storage::kMaxValueBytes);
  store_.Notes(
      {plan_.kg_chain.Add({act::Revoke{plan_.kg.public_key(), ledger::RevokeReason::kLost, {}}})});
  EXPECT_THAT(store_.Heads(), IsEmpty());
  store_.Notes(
      {plan_.kg_chain.Add({act::Adopt{entries.front().id, entries.back().id, "all of them"}})});
  EXPECT_EQ(store_.Heads().size(), entries.size());
  EXPECT_EQ(store_.Views(), before);
  store_.Restart();
  EXPECT_EQ(store_.Views(), before);
}

TEST_F(ReplicaTest, OfBranchesWithoutEndSomeAreKeptAndTheRestIsRefused) {
  const Entry one = plan_.Report(pen_, "one");
  std::vector<Entry> branches{one};
  for (size_t n = 0; n < kFeedTipsMax + 3; ++n) {
    support::Pen fork = pen_;
    branches.push_back(plan_.Report(fork, absl::StrCat("branch ", n)));
  }
  const IngestReport report = store_.Ingest(branches);
  EXPECT_EQ(report.entries_new, 1u + kFeedTipsMax);
  EXPECT_EQ(report.entries_refused, 3u);
  EXPECT_THAT(report.refusals[0], testing::HasSubstr("LIMIT_EXCEEDED"));
  const base::Digest frontier = store_.Frontier();
  store_.Restart();
  EXPECT_EQ(store_.Frontier(), frontier);
}

TEST_F(ReplicaTest, EntriesAheadOfTheirNoteWaitForIt) {
  Plan ahead;
  const crypto::PrivateKey late = support::KeyFrom("late");
  const std::string enrols = ahead.kg_chain.Add({support::EnrolOf(late, {"focal_point"})});
  support::Pen pen = ahead.PenOf(late);
  const Entry one = ahead.Report(pen, "one");
  EXPECT_EQ(store_.Ingest({one}).entries_aside, 1u);
  store_.Notes({enrols});
  EXPECT_EQ(store_.VerdictOf(one), kCounts);
  EXPECT_THAT(store_.Heads(), ElementsAre(one.id));
}

TEST_F(ReplicaTest, TwoOfficersWhoDidNotSeeEachOtherMakeAConflict) {
  support::Pen second = plan_.PenOf(plan_.kg2);
  const Entry mine = plan_.Report(pen_, "mine"), theirs = plan_.Report(second, "theirs");
  store_.Ingest({mine});
  store_.Ingest({theirs});
  EXPECT_THAT(store_.Heads(), UnorderedElementsAre(mine.id, theirs.id));
}

TEST_F(ReplicaTest, TheOrderOfArrivalDoesNotMatter) {
  support::Pen other = pen_;
  const Entry one = plan_.Report(pen_, "one");
  other = pen_;
  const Entry left = plan_.Report(pen_, "left"), right = plan_.Report(other, "right");
  const Entry further = plan_.Report(pen_, "further", {left.id});
  Plan plan;
  const std::string revokes = plan.kg_chain.Add(
      {act::Revoke{plan.kg.public_key(), ledger::RevokeReason::kRetired, {support::TipOf(left)}}});
  Store second(plan_);
  store_.Ingest({one, left, further});
  store_.Ingest({right});
  store_.Notes({revokes});
  second.Notes({revokes});
  second.Ingest({further});
  second.Ingest({right});
  second.Ingest({left});
  second.Ingest({one});
  EXPECT_EQ(store_.Frontier(), second.Frontier());
  EXPECT_EQ(store_.Views(), second.Views());
  for (const Entry* entry : {&one, &left, &right, &further}) {
    EXPECT_EQ(store_.VerdictOf(*entry), second.VerdictOf(*entry));
  }
}

TEST_F(ReplicaTest, AReopenedStoreIsTheSame) {
  support::Pen other = pen_;
  const Entry one = plan_.Report(pen_, "one"), two = plan_.Report(other, "two");
  store_.Ingest({one});
  store_.Ingest({two});
  const base::Digest frontier = store_.Frontier(), views = store_.Views();
  store_.Restart();
  EXPECT_EQ(store_.Frontier(), frontier);
  EXPECT_EQ(store_.Views(), views);
}

TEST_F(ReplicaTest, SubmitWantsTheNextEntryOfTheFeed) {
  const Entry one = plan_.Report(pen_, "one");
  support::Pen other = plan_.PenOf(plan_.kg);
  EXPECT_TRUE(store_.Submit({one}).ok());
  EXPECT_EQ(base::ReasonOf(store_.Submit({plan_.Report(other, "again from one")})), "HEAD_MOVED");
  plan_.Report(pen_, "never submitted");
  EXPECT_EQ(base::ReasonOf(store_.Submit({plan_.Report(pen_, "three")})), "PREDECESSOR_MISSING");
}

TEST_F(ReplicaTest, AnEntryOfAnInstrumentNotJoinedIsRefused) {
  pen_.instrument = plan_.kz_chain.id();
  EXPECT_EQ(store_.Ingest({plan_.Report(pen_, "one")}).entries_refused, 1u);
}

}  // namespace
}  // namespace entente::driver
