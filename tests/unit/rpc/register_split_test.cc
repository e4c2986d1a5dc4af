// What authors sign to have seen of the register (`seen_size`, `seen_root`) against the tree held
// here: a split view is noticed wherever an author of the other side is read.
#include <gmock/gmock.h>

#include "absl/synchronization/notification.h"
#include "node/query/desk/alarms.h"
#include "node/rpc/register/claim_reader.h"
#include "node/rpc/register/registrar.h"
#include "node/runtime/system_clock.h"
#include "node/tlog/memory_tree.h"
#include "tests/unit/register/register_fixture.h"
#include "tests/unit/rpc/temp_dir.h"

namespace entente::rpc {
namespace {

using base::Digest;
using base::EntryId;
using driver::Store;
using ledger::Entry;

class RegisterSplit : public driver::RegisterTest {
 protected:
  // The register holds so many entries, and this node its copy of the tree.
  std::vector<Entry> Fill(size_t count) {
    std::vector<Entry> entries = Write(count);
    for (const Entry& entry : entries) tree_.Append(Digest{entry.id.bytes});
    register_->Ingest(entries);
    Sequence(*register_);
    Sign(*register_);
    Tell(*register_, *copy_);
    return entries;
  }
  // An entry whose author saw a tree of this size with this root.
  Entry Claim(uint64_t size, const Digest& root) {
    pen_kz_.seen_size = size;
    pen_kz_.seen_root = root;
    return pen_kz_.Write(plan_.charter.head(), plan_.kz_chain.head(), 1,
                         support::ReportPayload("KZ", "DDR/08", "words", {}));
  }
  static Digest Wrong() {
    Digest root;
    root.bytes[5] = 5;
    return root;
  }
  std::vector<EntryId> Bad(uint64_t after, ClaimReader::Claims& ahead, size_t max = 100) {
    auto snapshot = copy_->kv().NewSnapshot();
    const auto head = HeadOf(*copy_);
    ClaimReader reader(*snapshot, *head);
    EXPECT_TRUE(reader.Read(instrument(), after, max, ahead).ok());
    through_ = reader.through();
    std::vector<EntryId> bad;
    for (const auto& [id, size] : reader.bad()) bad.push_back(id);
    return bad;
  }

  tlog::MemoryTree tree_;
  support::Pen pen_kz_ = plan_.PenOf(plan_.kz);
  uint64_t through_ = 0;
};

TEST_F(RegisterSplit, AClaimOfAnotherTreeIsBadAndOneOfThisTreeIsNot) {
  Keep(*register_);
  Fill(6);
  const Entry good = Claim(4, tree_.RootAt(4)), bad = Claim(5, Wrong()),
              whole = Claim(6, tree_.RootAt(6)), silent = Claim(0, {});
  copy_->Ingest({good, bad, whole, silent});
  ClaimReader::Claims ahead;
  EXPECT_THAT(Bad(0, ahead), testing::ElementsAre(bad.id));
  EXPECT_TRUE(ahead.empty());
  EXPECT_EQ(through_, copy_->replica().newest_arrival());
}

TEST_F(RegisterSplit, AClaimAboutALargerTreeWaitsForIt) {
  Keep(*register_);
  Fill(3);
  const Entry early = Claim(5, Wrong()), later = Claim(7, Wrong());
  copy_->Ingest({early, later});
  ClaimReader::Claims ahead;
  EXPECT_TRUE(Bad(0, ahead).empty());
  EXPECT_EQ(ahead.size(), 2u);
  Fill(3);
  EXPECT_THAT(Bad(through_, ahead), testing::ElementsAre(early.id));
  EXPECT_EQ(ahead.size(), 1u);
}

TEST_F(RegisterSplit, ArrivalsAreReadInStepsAndNoneTwice) {
  Keep(*register_);
  Fill(4);
  std::vector<Entry> claims;
  for (int i = 0; i < 5; ++i) claims.push_back(Claim(2, Wrong()));
  copy_->Ingest(claims);
  size_t found = 0;
  ClaimReader::Claims ahead;
  while (through_ < copy_->replica().newest_arrival()) found += Bad(through_, ahead, 2).size();
  EXPECT_EQ(found, claims.size());
}

// The new register took the same entries in another order.
TEST_F(RegisterSplit, WhoSawTheRegisterBeforeThisOneIsBelievedWhereItsTreeSaysSo) {
  Keep(*register_);
  const std::vector<Entry> entries = Fill(4);
  const Entry seen_old = Claim(4, tree_.RootAt(4)), lie = Claim(4, Wrong());
  const driver::Signer next{"next register", kOrigin, tlog::kTypeLog};
  copy_->Notes({plan_.charter.Add({ledger::act::Register{next.name.Text()}})});
  copy_->Ingest({seen_old, lie});
  copy_->Ingest(entries);
  EXPECT_TRUE(copy_->replica().KeepRegister(instrument(), next.name).ok());
  copy_->Commit();
  Sequence(*copy_);
  ASSERT_EQ(HeadOf(*copy_)->leaves, 6u);
  ClaimReader::Claims ahead;
  EXPECT_THAT(Bad(0, ahead), testing::ElementsAre(lie.id));
}

// The whole way: the node notices by itself, keeps it, and says so in its status.
TEST_F(RegisterSplit, TheNodeRaisesTheAlarm) {
  Keep(*register_);
  Fill(6);
  const Entry good = Claim(4, tree_.RootAt(4)), bad = Claim(5, Wrong());
  copy_->Ingest({good, bad});
  TempDir folder;
  RegisterKeys keys(folder.path());
  const runtime::SystemClock clock;
  auto alarms = [&](const store::Published& published) {
    auto snapshot = copy_->kv().NewSnapshot();
    v1::NodeStatus status;
    EXPECT_TRUE(
        query::AddAlarms(query::Views(snapshot.get(), &published, instrument()), status).ok());
    return status;
  };
  {
    NodeCore core(&copy_->replica(), &clock, NodeFacts{});
    absl::Notification noticed;
    const int subscription = core.Subscribe([&](const store::PublishedPtr& published) {
      const reg::Head& head = *published->registers.at(instrument());
      if (!head.bad_claims.empty() && !noticed.HasBeenNotified()) noticed.Notify();
    });
    Registrar registrar(&core, &keys, false);
    registrar.Start();
    ASSERT_TRUE(noticed.WaitForNotificationWithTimeout(absl::Seconds(60)));
    registrar.Stop();
    core.Unsubscribe(subscription);
    core.Stop();
  }
  copy_->Restart();
  EXPECT_THAT(HeadOf(*copy_)->bad_claims, testing::ElementsAre(bad.id));
  const v1::NodeStatus status = alarms(*copy_->replica().Publish(nullptr));
  ASSERT_EQ(status.alarms_size(), 1);
  EXPECT_EQ(status.alarms(0).code(), "REGISTER-SPLIT");
  EXPECT_THAT(status.alarms(0).text(), testing::HasSubstr(bad.id.Short()));
}

}  // namespace
}  // namespace entente::rpc
