// A disk that refuses a write: memory is never ahead of it, and nothing is lost that was told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/forwarding_kv.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::driver {
namespace {

namespace act = ledger::act;
using testing::ElementsAre;
using testing::IsEmpty;

absl::Status NoSpace() { return absl::ResourceExhaustedError("no space left"); }

TEST_F(ReplicaTest, AFailedCommitTakesBackWhatWasStaged) {
  const Entry one = plan_.Report(pen_, "one");
  const base::Digest before = store_.Frontier();
  store_.kv().FailNextWrite(NoSpace());
  EXPECT_FALSE(store_.Submit({one}).ok());
  EXPECT_EQ(store_.Frontier(), before);
  EXPECT_EQ(store_.replica().Feed(pen_.feed()), nullptr);
  EXPECT_TRUE(store_.Submit({one}).ok());
  EXPECT_THAT(store_.Heads(), ElementsAre(one.id));
}

// The general path writes before the commit; when that write fails the commit must not pass for
// done.
TEST_F(ReplicaTest, AWriteThatFailsWithinAnOperationFailsTheCommit) {
  const Entry one = plan_.Report(pen_, "one"), two = plan_.Report(pen_, "two");
  store_.Ingest({two});
  const base::Digest before = store_.Frontier();
  store_.kv().FailNextWrite(NoSpace());
  EXPECT_FALSE(
      store_.replica().Ingest(VerifyEntries({one}, crypto::Ed25519Verifier()), "peerpeer").ok());
  EXPECT_FALSE(store_.replica().Commit().ok());
  EXPECT_EQ(store_.Frontier(), before);
  EXPECT_EQ(store_.Ingest({one}).released, 1u);
  store_.Restart();
  EXPECT_TRUE(store_.Holds(one));
  EXPECT_TRUE(store_.Holds(two));
}

TEST_F(ReplicaTest, ARevocationWhoseRejudgingBrokeOffIsFinished) {
  const Entry one = plan_.Report(pen_, "one");
  store_.Ingest({one});
  const std::string revokes =
      plan_.kg_chain.Add({act::Revoke{plan_.kg.public_key(), ledger::RevokeReason::kLost, {}}});
  // The first write (note and marks) succeeds, the second (statuses and views) does not.
  class FailSecond final : public support::ForwardingKv {
   public:
    using ForwardingKv::ForwardingKv;
    absl::Status Write(const storage::WriteBatch& batch, storage::Durability durability) override {
      return ++writes_ == 2 ? NoSpace() : ForwardingKv::Write(batch, durability);
    }

   private:
    int writes_ = 0;
  } disk(&store_.kv());
  Replica::Options options;
  options.verifier = &crypto::Ed25519Verifier();
  auto replica = Replica::Open(&disk, options);
  ASSERT_TRUE(replica.ok());
  EXPECT_FALSE((*replica)->AddNotes({revokes}).ok());
  EXPECT_FALSE((*replica)->Commit().ok());
  EXPECT_TRUE((*replica)->Commit().ok());
  EXPECT_EQ(store_.VerdictOf(one).status, Status::kQuarantined);
  EXPECT_THAT(store_.Heads(), IsEmpty());
}

}  // namespace
}  // namespace entente::driver
