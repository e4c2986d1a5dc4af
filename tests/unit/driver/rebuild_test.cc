// Views of another version are made anew when the store is opened, also across crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/forwarding_kv.h"
#include "tests/unit/driver/replica_fixture.h"

namespace entente::driver {
namespace {

using testing::ElementsAre;

class Rebuild : public ReplicaTest {
 protected:
  Rebuild() {
    const Entry first = plan_.Report(pen_, "first"),
                second = plan_.Report(pen_, "second", {first.id});
    second_ = second.id;
    store_.Ingest({first, second});
    support::Pen other = plan_.PenOf(plan_.kg2);
    lost_ = plan_.Report(other, "of a key that was lost");
    store_.Ingest({lost_});
    store_.Notes({plan_.kg_chain.Add(
        {ledger::act::Revoke{plan_.kg2.public_key(), ledger::RevokeReason::kLost, {}}})});
    EXPECT_THAT(store_.Heads(), ElementsAre(second_));
    good_ = store_.Views();
  }

  // As another version leaves it: its rows, and a row of its own that this one never makes.
  void MakeOld(bool with_version) {
    storage::WriteBatch batch;
    if (with_version) {
      batch.Put(store::kMeta, store::kMetaViewVersion, std::string("\0\0\0\1", 4));
    } else {
      batch.Delete(store::kMeta, store::kMetaViewVersion);
    }
    batch.Put(store::kIndex, plan_.charter.id().str() + "old", "");
    batch.Delete(store::kSlots,
                 store::SlotKey(plan_.charter.id(), support::ReportSlot("KG", "DDR/08")));
    ASSERT_TRUE(store_.kv().Write(batch, storage::Durability::kSynced).ok());
    ASSERT_NE(store_.Views(), good_);
  }

  EntryId second_;
  Entry lost_;
  base::Digest good_;
};

TEST_F(Rebuild, OlderViewsAreMadeAnewFromTheLog) {
  for (bool with_version : {false, true}) {
    MakeOld(with_version);
    store_.Restart();
    EXPECT_EQ(store_.Views(), good_);
    EXPECT_THAT(store_.Heads(), ElementsAre(second_));
  }
}

TEST_F(Rebuild, ViewsOfThisVersionAreLeftAsTheyAre) {
  storage::WriteBatch batch;
  batch.Put(store::kIndex, plan_.charter.id().str() + "left alone", "");
  ASSERT_TRUE(store_.kv().Write(batch, storage::Durability::kSynced).ok());
  store_.Restart();
  EXPECT_NE(store_.Views(), good_);
}

// Passes on the first `writes` writes and fails all later ones.
class Dying final : public support::ForwardingKv {
 public:
  Dying(storage::Kv* kv, int writes) : ForwardingKv(kv), left_(writes) {}
  absl::Status Write(const storage::WriteBatch& batch, storage::Durability durability) override {
    if (left_-- <= 0) return absl::ResourceExhaustedError("no space left");
    return ForwardingKv::Write(batch, durability);
  }

 private:
  int left_;
};

TEST_F(Rebuild, GoesOnAfterACrashBetweenAnyTwoWrites) {
  Replica::Options options;
  options.verifier = &crypto::Ed25519Verifier();
  options.rebuild_batch_bytes = 1;  // a write for every entry
  int deaths = 0;
  for (int writes = 0;; ++writes) {
    MakeOld(true);
    {
      Dying disk(&store_.kv(), writes);
      auto replica = Replica::Open(&disk, options);
      if (replica.ok()) break;
      ++deaths;
    }
    store_.Restart();
    ASSERT_EQ(store_.Views(), good_) << "died after " << writes << " writes";
  }
  EXPECT_GT(deaths, 3);
  EXPECT_EQ(store_.Views(), good_);
}

}  // namespace
}  // namespace entente::driver
