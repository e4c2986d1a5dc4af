// Many feeds revoked at once, and the machine dies before and after every single write of it, also
// while it resumes: the act is either not there at all, or in force for every feed once the replica
// is open again.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/driver/replica.h"
#include "node/store/log_reader.h"
#include "node/store/view_digest.h"
#include "tests/simulation/sim_kv.h"
#include "tests/support/ledger_fixture.h"
#include "tests/support/memo_verifier.h"

namespace entente::simulation {
namespace {

namespace act = ledger::act;
using driver::Replica;
using ledger::Entry;

constexpr int kKeys = 60;
constexpr size_t kFeedsPerWrite = 8;
constexpr int kWritesOfTheAct = 9;  // the notes with the marks, then 8, 8, 8, 8, 8, 8, 8, 4 feeds

// A delegation with sixty keys, one feed each; reports of several keys share a slot and supersede
// one another. One half of the keys is closed at the first entry, the other without any tip.
struct Plan {
  Plan() {
    std::vector<ledger::Act> enrols;
    for (int i = 0; i < kKeys; ++i) {
      keys.push_back(support::KeyFrom(absl::StrCat("author ", i)));
      enrols.push_back(support::EnrolOf(keys.back(), {"focal_point"}));
    }
    party = std::make_unique<support::Chain>(support::Chain::Credentials("KG", &signer, enrols));
    secretariat =
        std::make_unique<support::Chain>(support::Chain::Credentials("EU-GSC", &signer, {}));
    charter = std::make_unique<support::Chain>(support::Chain::Charter(
        "EUCA-2014", &signer,
        {act::Admit{secretariat->id(), "EU-GSC", ledger::DelegationRole::kSecretariat},
         act::Admit{party->id(), "KG", ledger::DelegationRole::kParty}}));
    for (const support::Chain* chain : {charter.get(), secretariat.get(), party.get()})
      founding.insert(founding.end(), chain->files().begin(), chain->files().end());
    std::vector<ledger::Act> revokes;
    std::vector<base::EntryId> before;
    for (int i = 0; i < kKeys; ++i) {
      support::Pen pen;
      pen.key = &keys[i];
      pen.instrument = charter->id();
      std::vector<ledger::Tip> tips;
      for (int n = 0; n < 2; ++n) {
        const std::string commitment = absl::StrCat("DDR/0", 1 + i % 5);
        entries.push_back(
            pen.Write(charter->head(), party->head(), 1,
                      support::ReportPayload("KG", commitment, absl::StrCat("by ", i), before)));
        if (n == 0 && i % 2 == 0) tips.push_back(support::TipOf(entries.back()));
      }
      if (i % 5 == 4) before = {entries.back().id};
      revokes.push_back(
          act::Revoke{keys[i].public_key(), ledger::RevokeReason::kOfficeClosed, tips});
    }
    revocation = party->Add(std::move(revokes));
  }

  crypto::PrivateKey signer = support::KeyFrom("signer");
  std::vector<crypto::PrivateKey> keys;
  std::unique_ptr<support::Chain> secretariat, party, charter;
  std::vector<std::string> founding;
  std::vector<Entry> entries;
  std::string revocation;
};

class RejudgeCrash : public testing::Test {
 protected:
  static void SetUpTestSuite() { plan_ = new Plan(); }

  absl::Status Open() {
    replica_ = nullptr;
    Replica::Options options;
    options.store_id = "rejudge!";
    options.verifier = &verifier_;
    options.rejudge_feeds_max = kFeedsPerWrite;
    auto opened = Replica::Open(disk_.get(), options);
    if (opened.ok()) replica_ = *std::move(opened);
    return opened.status();
  }
  void Restart() {
    replica_ = nullptr;
    disk_->Restart();
  }
  // A store that holds every entry, all admitted.
  void Fill() {
    replica_ = nullptr;
    disk_ = std::make_unique<SimKv>(Bug::kNone);
    ASSERT_TRUE(Open().ok());
    ASSERT_TRUE(replica_->AddNotes(plan_->founding).ok());
    ASSERT_TRUE(replica_->JoinInstrument(plan_->charter->id()).ok());
    auto report =
        replica_->Ingest(driver::VerifyEntries(plan_->entries, verifier_), store::LocalVia());
    ASSERT_TRUE(report.ok() && replica_->Commit().ok());
    ASSERT_EQ(report->entries_new, plan_->entries.size());
  }
  absl::Status GiveRevocation() {
    absl::Status added = replica_->AddNotes({plan_->revocation}).status();
    absl::Status committed = replica_->Commit();
    return added.ok() ? committed : added;
  }

  // Letters in order of the entries, then the view digest: everything that may not differ.
  std::string State() {
    auto snapshot = disk_->NewSnapshot();
    const store::LogReader log(snapshot.get());
    std::string out;
    for (const Entry& entry : plan_->entries) {
      out += absl::StrCat(static_cast<int>(log.VerdictOf(**log.Find(entry.id))->status));
    }
    return out + store::ViewDigest(*snapshot, plan_->charter->id())->ToHex();
  }
  bool NothingMarked() { return !disk_->NewSnapshot()->Scan(store::kRejudge, "")->Valid(); }

  static Plan* plan_;
  support::MemoVerifier verifier_;
  std::unique_ptr<SimKv> disk_;
  std::unique_ptr<Replica> replica_;
};
Plan* RejudgeCrash::plan_ = nullptr;

TEST_F(RejudgeCrash, DyingAtAnyWriteOfARevocationLeavesItUndoneOrDone) {
  Fill();
  const std::string untouched = State();
  const uint64_t before = disk_->last_commit();
  ASSERT_TRUE(GiveRevocation().ok());
  EXPECT_EQ(disk_->last_commit() - before, static_cast<uint64_t>(kWritesOfTheAct))
      << "one bounded write for every " << kFeedsPerWrite << " feeds";
  const std::string revoked = State();
  ASSERT_NE(revoked, untouched);
  EXPECT_TRUE(NothingMarked());

  int undone = 0, done = 0;
  for (int at = 1; at <= kWritesOfTheAct; ++at) {
    for (const bool after : {false, true}) {
      SCOPED_TRACE(absl::StrCat("dies ", after ? "after" : "before", " write ", at));
      Fill();
      disk_->DieAtWrite(at, after);
      EXPECT_FALSE(GiveRevocation().ok());
      Restart();
      ASSERT_TRUE(Open().ok());
      EXPECT_TRUE(NothingMarked());
      const std::string now = State();
      if (now == untouched) {
        ++undone;
        ASSERT_TRUE(GiveRevocation().ok());
      } else {
        ++done;
      }
      EXPECT_EQ(State(), revoked);
    }
  }
  EXPECT_EQ(undone, 1) << "before the first write only";
  EXPECT_EQ(done, 2 * kWritesOfTheAct - 1);
}

TEST_F(RejudgeCrash, DyingAgainAndAgainWhileItResumesStillEndsInTheSameState) {
  Fill();
  ASSERT_TRUE(GiveRevocation().ok());
  const std::string revoked = State();
  for (const bool after : {false, true}) {
    Fill();
    disk_->DieAtWrite(1, true);
    EXPECT_FALSE(GiveRevocation().ok());
    int deaths = 0;
    for (int at = 1; deaths < 200; ++at) {
      Restart();
      disk_->DieAtWrite(at, after);
      if (Open().ok()) break;
      ++deaths;
    }
    EXPECT_GT(deaths, 2);
    Restart();
    ASSERT_TRUE(Open().ok());
    EXPECT_TRUE(NothingMarked());
    EXPECT_EQ(State(), revoked);
  }
}

// Not a crash: the disk is full in the middle. The node says so, goes on, and the act is in force
// for every feed as soon as there is space.
TEST_F(RejudgeCrash, AFullDiskInTheMiddleIsMadeUpForLater) {
  Fill();
  ASSERT_TRUE(GiveRevocation().ok());
  const std::string revoked = State();
  Fill();
  disk_->FailNextForSpace();
  EXPECT_FALSE(GiveRevocation().ok());
  ASSERT_TRUE(GiveRevocation().ok());
  EXPECT_EQ(State(), revoked);
}

}  // namespace
}  // namespace entente::simulation
