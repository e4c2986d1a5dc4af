// The register's own node: the tree in the order of arrival, checkpoints over what is on disk, and
// what stops it.
#include <algorithm>
#include <random>

#include "node/meaning/state/metrics.h"
#include "node/query/view/register_rungs.h"
#include "tests/unit/register/register_fixture.h"

namespace entente::driver {
namespace {

TEST_F(RegisterTest, EntriesStandInTheOrderTheyArrivedAdmittedOrNot) {
  Keep(*register_);
  const std::vector<Entry> entries = Write(5);
  // Forked: neither counts, both are received.
  support::Pen other = plan_.PenOf(plan_.kg2);
  const Entry one = plan_.Report(other, "one");
  support::Pen again = plan_.PenOf(plan_.kg2);
  const Entry two = plan_.Report(again, "two");
  register_->Ingest({two});
  register_->Ingest(entries);
  register_->Ingest({one});
  ASSERT_NE(register_->VerdictOf(one), kCounts);
  Sequence(*register_);
  std::vector<EntryId> arrived = {two.id};
  for (const Entry& entry : entries) arrived.push_back(entry.id);
  arrived.push_back(one.id);
  EXPECT_EQ(Leaves(*register_), arrived);
  const auto due = register_->replica().registers().ToSign(instrument());
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->origin, kOrigin);
  EXPECT_EQ(due->size, 7u);
  EXPECT_EQ(due->root, ReferenceRoot(arrived));
}

TEST_F(RegisterTest, TheTreeGrowsOverTilesAsItDoesOnPaper) {
  Keep(*register_);
  std::vector<EntryId> arrived;
  for (size_t batch : {1, 254, 1, 1, 255, 300}) {
    const std::vector<Entry> entries = Write(batch);
    for (const Entry& entry : entries) arrived.push_back(entry.id);
    register_->Ingest(entries);
    auto looked_at = register_->replica().Sequence(instrument(), 1000);
    ASSERT_TRUE(looked_at.ok());
    EXPECT_EQ(*looked_at, batch);
    register_->Commit();
    register_->Restart();
    Keep(*register_);
    EXPECT_EQ(register_->replica().registers().ToSign(instrument())->root, ReferenceRoot(arrived));
    Sign(*register_);
  }
  EXPECT_EQ(Leaves(*register_), arrived);
}

TEST_F(RegisterTest, NothingIsSignedBeforeItsTreeIsOnDisk) {
  Keep(*register_);
  register_->Ingest(Write(2));
  ASSERT_TRUE(register_->replica().Sequence(instrument(), 10).ok());
  EXPECT_FALSE(register_->replica().registers().ToSign(instrument()).has_value());
  register_->Restart();
  Keep(*register_);
  EXPECT_EQ(HeadOf(*register_)->leaves, 0u);
  Sequence(*register_);
  EXPECT_EQ(register_->replica().registers().ToSign(instrument())->size, 2u);
}

TEST_F(RegisterTest, AFailedWriteLeavesTheTreeAsItWas) {
  Keep(*register_);
  register_->Ingest(Write(3));
  Sequence(*register_);
  const auto before = register_->replica().registers().ToSign(instrument());
  register_->Ingest(Write(2));
  register_->kv().FailNextWrite(absl::ResourceExhaustedError("no space"));
  ASSERT_TRUE(register_->replica().Sequence(instrument(), 10).ok());
  EXPECT_FALSE(register_->replica().Commit().ok());
  EXPECT_EQ(register_->replica().registers().ToSign(instrument()), before);
  Sequence(*register_);
  EXPECT_EQ(register_->replica().registers().ToSign(instrument())->size, 5u);
}

TEST_F(RegisterTest, OnlyTheNodeWithTheNamedKeyKeepsTheRegister) {
  register_->Ingest(Write(2));
  EXPECT_EQ(*register_->replica().Sequence(instrument(), 10), 0u);
  const Signer other{"another register", kOrigin, tlog::kTypeLog};
  EXPECT_TRUE(register_->replica().KeepRegister(instrument(), other.name).ok());
  register_->Commit();
  EXPECT_EQ(*register_->replica().Sequence(instrument(), 10), 0u);
}

TEST_F(RegisterTest, ANewKeyIsANewRegisterOverEverything) {
  Keep(*register_);
  register_->Ingest(Write(3));
  Sequence(*register_);
  Sign(*register_);
  const Signer next{"next register", kOrigin, tlog::kTypeLog};
  register_->Notes({plan_.charter.Add({ledger::act::Register{next.name.Text()}})});
  EXPECT_TRUE(register_->replica().KeepRegister(instrument(), next.name).ok());
  register_->Commit();
  EXPECT_EQ(HeadOf(*register_)->leaves, 0u);
  Sequence(*register_);
  EXPECT_EQ(HeadOf(*register_)->leaves, 3u);
  EXPECT_EQ(HeadOf(*register_)->trust.ever.size(), 2u);
}

TEST_F(RegisterTest, AReceiptProvesEveryEntry) {
  Keep(*register_);
  const std::vector<Entry> entries = Write(9);
  register_->Ingest({entries.begin(), entries.begin() + 4});
  Sequence(*register_);
  Sign(*register_, 1000);
  register_->Ingest({entries.begin() + 4, entries.end()});
  Sequence(*register_);
  auto snapshot = register_->kv().NewSnapshot();
  EXPECT_FALSE(reg::StandingOf(*snapshot, *HeadOf(*register_), entries[8].id)->has_value());
  Sign(*register_, 2000);
  snapshot = register_->kv().NewSnapshot();
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto standing = reg::StandingOf(*snapshot, *HeadOf(*register_), entries[i].id);
    ASSERT_TRUE(standing.ok() && standing->has_value()) << i;
    EXPECT_EQ((*standing)->index, i);
    EXPECT_EQ((*standing)->final_since, i < 4 ? 1000u : 2000u);
    const auto receipt =
        reg::MakeReceipt(*snapshot, *HeadOf(*register_), **standing, entries[i].Leaf());
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    EXPECT_TRUE(tlog::ProofHolds(*receipt));
    EXPECT_EQ(tlog::ParseReceipt(tlog::ReceiptText(*receipt))->index, i);
  }
}

TEST_F(RegisterTest, WithWitnessesACheckpointIsFinalWhenEnoughCosignedIt) {
  register_->Notes({plan_.charter.Add(
      {ledger::act::WitnessPolicy{2, {witness_a_.name.Text(), witness_b_.name.Text()}}})});
  Keep(*register_);
  const std::vector<Entry> entries = Write(1);
  register_->Ingest(entries);
  Sequence(*register_);
  Sign(*register_);
  EXPECT_EQ(HeadOf(*register_)->final_size, 0u);
  tlog::SignedCheckpoint newest = HeadOf(*register_)->newest;
  auto add = [&](const Signer& witness, uint64_t time) {
    tlog::SignedCheckpoint line = newest;
    line.lines.push_back(tlog::Cosign(line.text, time, witness.name, witness.key));
    EXPECT_TRUE(register_->replica().TakeCheckpoint(instrument(), line.File()).ok());
    register_->Commit();
  };
  add(witness_b_, 3000);
  EXPECT_EQ(HeadOf(*register_)->final_size, 0u);
  const Signer stranger{"stranger", "test.example/a", tlog::kTypeCosigner};
  add(stranger, 10);
  EXPECT_EQ(HeadOf(*register_)->final_size, 0u);
  add(witness_a_, 2500);
  EXPECT_EQ(HeadOf(*register_)->final_size, 1u);
  const auto snapshot = register_->kv().NewSnapshot();
  EXPECT_EQ(*reg::FinalTimes(snapshot.get(), HeadOf(*register_)->log).Of(entries[0].id), 3000u);
  EXPECT_EQ(HeadOf(*register_)->newest.lines.size(), 4u);
}

TEST_F(RegisterTest, TimesOfManyInAnyOrderAreThoseOfEachAlone) {
  Keep(*register_);
  std::vector<EntryId> ids;
  auto write = [&](size_t count) {
    const std::vector<Entry> entries = Write(count);
    for (const Entry& entry : entries) ids.push_back(entry.id);
    register_->Ingest(entries);
    Sequence(*register_);
  };
  for (uint64_t time : {1000u, 2000u, 3000u}) {
    write(5);
    Sign(*register_, time);
  }
  write(3);  // in no checkpoint
  const auto snapshot = register_->kv().NewSnapshot();
  const reg::LogId log = HeadOf(*register_)->log;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::shuffle(ids.begin(), ids.end(), std::mt19937(seed));
    reg::FinalTimes times(snapshot.get(), log);
    for (const EntryId& id : ids)
      EXPECT_EQ(*times.Of(id), *reg::FinalTimes(snapshot.get(), log).Of(id)) << "seed " << seed;
  }
}

TEST_F(RegisterTest, AnotherQuorumMakesOtherCheckpointsFinal) {
  Keep(*register_);
  register_->Ingest(Write(1));
  Sequence(*register_);
  Sign(*register_);
  EXPECT_EQ(HeadOf(*register_)->final_size, 1u);
  register_->Notes({plan_.charter.Add({ledger::act::WitnessPolicy{1, {witness_a_.name.Text()}}})});
  EXPECT_EQ(HeadOf(*register_)->final_size, 0u);
  register_->Restart();
  EXPECT_EQ(HeadOf(*register_)->final_size, 0u);
}

// Signed on 14 September, received on the 20th, due on the 15th; then extended to the 30th.
TEST_F(RegisterTest, AReportSignedInTimeAndReceivedLateIsLateUntilTheDeadlineMoves) {
  auto day = [](int64_t number) { return (1'504'224'000 + (number - 1) * 86'400) * 1000; };
  Keep(*register_);
  const std::vector<Entry> entries = Write(1);
  register_->Ingest(entries);
  Sequence(*register_);
  auto received = [&] {
    auto published = register_->replica().Publish(nullptr);
    auto snapshot = register_->kv().NewSnapshot();
    return *query::ReceivedMs(query::Views(snapshot.get(), published.get(), instrument()),
                              entries[0].id);
  };
  EXPECT_FALSE(received().has_value());
  Sign(*register_, static_cast<uint64_t>(day(20) / 1000));
  EXPECT_EQ(received(), day(20));
  meaning::SlotState slot;
  slot.state = meaning::ReportState::kReceived;
  slot.first_signed_ms = day(14);
  slot.first_received_ms = received();
  slot.deadline_ms = meaning::DeadlineMs("2017-09-15", "Z", 0);
  ASSERT_TRUE(slot.deadline_ms.has_value());
  meaning::RoundFigures figures = meaning::CountRound({slot});
  EXPECT_EQ(figures.on_time, 0u);
  EXPECT_EQ(figures.late, 1u);
  EXPECT_EQ(figures.signed_on_time, 1u);
  slot.deadline_ms = meaning::DeadlineMs("2017-09-30", "Z", 0);
  figures = meaning::CountRound({slot});
  EXPECT_EQ(figures.on_time, 1u);
  EXPECT_EQ(figures.late, 0u);
}

}  // namespace
}  // namespace entente::driver
