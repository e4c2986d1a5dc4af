// The restore guard: where keys go on in a store that came out of a backup.
#include "node/driver/restored.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/driver/replica_fixture.h"

namespace entente::driver {
namespace {

constexpr uint64_t kRestoredMs = 1'000;
constexpr uint64_t kAfter = (kRestoredMs + 1) << 16;  // hlc of what is signed after the restore

v1::HeldHead HeadOf(const Entry& entry) {
  v1::HeldHead head;
  head.set_instrument(entry.header.instrument.str());
  head.set_key(entry.header.key.str());
  head.set_incarnation(entry.header.incarnation);
  head.set_sequence(entry.header.sequence);
  head.set_id(entry.id.str());
  return head;
}

class RestoredTest : public ReplicaTest {
 protected:
  // KG wrote one entry before the backup and two after it; the store holds the backup only.
  void SetUp() override {
    pen_.hlc = 1 << 16;
    for (const char* words : {"one", "two", "three"}) written_.push_back(plan_.Report(pen_, words));
    EXPECT_TRUE(store_.replica().SetDelegation(plan_.kg_chain.id()).ok());
    store_.Ingest({written_[0]});
    v1::RestoreRecord record;
    record.set_restored_ms(kRestoredMs);
    *record.add_own_feeds() = HeadOf(written_[0]);
    storage::WriteBatch batch;
    batch.Put(store::kMeta, store::kMetaRestored, record.SerializeAsString());
    ASSERT_TRUE(store_.kv().Write(batch, storage::Durability::kSynced).ok());
    store_.Restart();
  }

  NextPlace Next() { return store_.replica().Next(plan_.charter.id(), plan_.kg.public_key()); }
  void Contact() {
    const InstrumentId instrument = plan_.charter.id();
    store_.replica().NoteContact(Spki(), {&instrument, 1}, 5);
    store_.Commit();
  }
  void Mark(const Entry& entry) {
    const v1::HeldHead mark = HeadOf(entry);
    store_.replica().NoteMarks({&mark, 1});
    store_.Commit();
  }
  KeyRestore Key() { return store_.replica().restored()->Keys(store_.replica()).at(0); }
  // An entry signed after the restore, at the head of what is held in the incarnation.
  Entry After(uint32_t incarnation, const Entry* previous) {
    support::Pen pen = plan_.PenOf(plan_.kg);
    pen.incarnation = incarnation;
    pen.hlc = kAfter;
    if (previous) {
      pen.sequence = previous->header.sequence;
      pen.previous = previous->id;
    }
    return plan_.Report(pen, "after");
  }

  std::vector<Entry> written_;
};

TEST_F(RestoredTest, NothingIsOfferedBeforeAPeerOrAMarkSaysHowFarTheKeyHadCome) {
  EXPECT_TRUE(Next().blocked);
  Contact();
  EXPECT_FALSE(Next().blocked);
  EXPECT_TRUE(Next().fresh);
  EXPECT_EQ(Next().incarnation, 2u);
}

TEST_F(RestoredTest, AMarkAloneIsEnoughToGoOnInTheNextIncarnation) {
  Mark(written_[2]);
  EXPECT_FALSE(Next().blocked);
  EXPECT_EQ(Next().incarnation, 2u);
  EXPECT_EQ(Key().after_backup, 2u);
  EXPECT_EQ(Key().missing, 2u);
}

TEST_F(RestoredTest, WhatComesBackFromPeersIsCounted) {
  Mark(written_[2]);
  store_.Ingest({written_[1]});
  EXPECT_EQ(Key().came_back, 1u);
  EXPECT_EQ(Key().missing, 1u);
}

TEST_F(RestoredTest, TheOldFeedIsRefusedAndTheNextIncarnationTaken) {
  Contact();
  EXPECT_EQ(base::ReasonOf(store_.Submit({After(1, &written_[0])})), "RESTORE_GUARD");
  const Entry first = After(2, nullptr);
  EXPECT_TRUE(store_.Submit({first}).ok());
  EXPECT_FALSE(Next().fresh);
  EXPECT_EQ(Next().incarnation, 2u);
  EXPECT_TRUE(Key().settled);
  store_.Restart();
  EXPECT_EQ(Next().incarnation, 2u) << "what was opened is remembered";
  EXPECT_TRUE(store_.Submit({After(2, &first)}).ok());
}

TEST_F(RestoredTest, AFeedOfWhichNothingIsMissingGoesOn) {
  Mark(written_[0]);
  EXPECT_TRUE(Next().fresh) << "a peer may know more";
  Contact();
  EXPECT_FALSE(Next().fresh);
  EXPECT_EQ(Next().incarnation, 1u);
  const Entry next = After(1, &written_[0]);
  EXPECT_TRUE(store_.Submit({next}).ok());
  EXPECT_TRUE(store_.Submit({After(1, &next)}).ok()) << "and keeps going on";
}

TEST_F(RestoredTest, APeerThatKnowsMoreThanTheMarkClosesTheFeed) {
  Mark(written_[0]);
  store_.Ingest({written_[1]});
  Contact();
  EXPECT_TRUE(Next().fresh);
  EXPECT_EQ(base::ReasonOf(store_.Submit({After(1, &written_[1])})), "RESTORE_GUARD");
}

TEST_F(RestoredTest, WhatWasSignedBeforeTheRestoreMayStillCome) {
  Contact();
  EXPECT_TRUE(store_.Submit({written_[1]}).ok()) << "sent again after a crash, byte for byte";
  EXPECT_TRUE(Next().fresh) << "and opens nothing";
}

TEST_F(RestoredTest, AnIncarnationKnownFromAMarkIsNotUsedAgain) {
  Mark(After(2, nullptr));
  EXPECT_EQ(Next().incarnation, 3u);
  EXPECT_EQ(base::ReasonOf(store_.Submit({After(2, nullptr)})), "RESTORE_GUARD");
  EXPECT_TRUE(store_.Submit({After(3, nullptr)}).ok());
}

TEST_F(RestoredTest, AKeyThatMayHaveHadItsFirstEntryAfterTheBackupSkipsIncarnationOne) {
  Contact();
  EXPECT_EQ(store_.replica().Next(plan_.charter.id(), plan_.kg2.public_key()).incarnation, 2u);
}

TEST_F(RestoredTest, ItIsSettledWhenAPeerWasMetAndEachKeyWentOn) {
  const auto settled = [this] { return store_.replica().restored()->Settled(store_.replica()); };
  EXPECT_FALSE(settled());
  Contact();
  EXPECT_FALSE(settled());
  EXPECT_TRUE(store_.Submit({After(2, nullptr)}).ok());
  EXPECT_TRUE(settled());
}

}  // namespace
}  // namespace entente::driver
