// What peers are not known to hold: counted from their marks, never below what they lack.
#include "node/query/desk/lag.h"

#include "node/store/schema.h"
#include "tests/unit/query/query_fixture.h"

namespace entente::query {
namespace {

class LagTest : public QueryTest {
 protected:
  void SetUp() override {
    store_.Notes({plan_.kg_chain.Add({support::NodeOf(self_), support::NodeOf(kg_)}),
                  plan_.kz_chain.Add({support::NodeOf(kz_)})});
    Publish();
  }
  void Write(int entries) {
    for (int i = 0; i < entries; ++i) {
      EXPECT_TRUE(store_.Submit({plan_.Report(pen_, std::to_string(pen_.sequence))}).ok());
    }
    Publish();
  }
  void ComeFrom(const base::Spki& peer) {
    support::Pen pen = plan_.PenOf(plan_.kg2);
    const auto verified =
        driver::VerifyEntries({plan_.Report(pen, "from a peer")}, crypto::Ed25519Verifier());
    EXPECT_TRUE(store_.replica().Ingest(verified, store::ViaOf(peer)).ok());
    store_.Commit();
    Publish();
  }
  void Holds(const base::Spki& peer, uint64_t through) {
    store_.replica().PutHeldThrough(peer, plan_.charter.id(), through);
    store_.Commit();
    Publish();
  }
  uint64_t Unsynced() const {
    return CountLags(*snapshot_, *published_, self_)->unsynced.at(plan_.charter.id());
  }
  uint64_t Behind(const base::Spki& peer) const {
    return CountLags(*snapshot_, *published_, self_)->behind.at(peer);
  }

  const base::Spki self_ = support::SpkiFrom("self"), kg_ = support::SpkiFrom("kg node"),
                   kz_ = support::SpkiFrom("kz node");
};

TEST_F(LagTest, NothingIsKnownOfAPeerThatSaidNothing) {
  Write(3);
  EXPECT_EQ(Unsynced(), 3u);
  EXPECT_EQ(Behind(kz_), 3u);
  EXPECT_EQ(Behind(kg_), 3u);
  EXPECT_FALSE(CountLags(*snapshot_, *published_, self_)->behind.contains(self_));
}

TEST_F(LagTest, OnePeerThatHoldsAnOwnEntryIsEnoughForItToBeSafe) {
  Write(3);
  Holds(kz_, 2);
  EXPECT_EQ(Unsynced(), 1u);
  EXPECT_EQ(Behind(kz_), 1u);
  EXPECT_EQ(Behind(kg_), 3u);
  Holds(kg_, 3);
  EXPECT_EQ(Unsynced(), 0u);
  EXPECT_EQ(Behind(kz_), 1u);
  Write(1);
  EXPECT_EQ(Unsynced(), 1u);
  EXPECT_EQ(Behind(kg_), 1u);
}

TEST_F(LagTest, WhatCameFromAPeerIsThereAndIsNoEntryOfOurs) {
  ComeFrom(kz_);
  EXPECT_EQ(Unsynced(), 0u);
  EXPECT_EQ(Behind(kz_), 0u);
  EXPECT_EQ(Behind(kg_), 1u);
}

TEST_F(LagTest, APeerThatMayHaveNothingIsBehindInNothing) {
  Write(1);
  const base::Spki nobody = support::SpkiFrom("nobody");
  Holds(nobody, 1);
  const Lags lags = *CountLags(*snapshot_, *published_, self_);
  EXPECT_FALSE(lags.behind.contains(nobody));
  EXPECT_EQ(lags.unsynced.at(plan_.charter.id()), 1u) << "it is no peer of this instrument";
}

}  // namespace
}  // namespace entente::query
