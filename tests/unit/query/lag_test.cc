// What peers are not known to hold: counted from their marks, never below what they lack.
#include "node/query/desk/lag.h"

#include "node/base/bytes.h"
#include "node/store/told_tips.h"
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
  // KZ's node says by file that it holds a feed up to there.
  void Told(const base::Spki& node, const support::Pen& pen) {
    v1::BasisRecord record;
    record.set_node(node.str());
    record.set_tip_rows(1);
    std::string tip = pen.key->public_key().str();
    base::AppendU32(tip, pen.incarnation);
    base::AppendU64(tip, pen.sequence);
    storage::WriteBatch batch;
    const base::InstrumentId& instrument = plan_.charter.id();
    const base::DelegationId party = *base::DelegationId::FromBytes(plan_.kz_chain.id().view());
    batch.Put(store::kMeta, store::BasisKey(instrument, party), record.SerializeAsString());
    batch.Put(store::kMeta, store::BasisTipsKey(instrument, party, 0), tip + pen.previous.str());
    EXPECT_TRUE(store_.kv().Write(batch, storage::Durability::kSynced).ok());
    Publish();
  }
  // All that is written so far.
  void Acknowledged(const base::Spki& node) {
    store_.replica().PutAcknowledged(
        node, plan_.charter.id(),
        {{{pen_.key->public_key(), pen_.incarnation}, {pen_.sequence, pen_.previous}}});
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

TEST_F(LagTest, WhatAPeerToldByFileIsThereToo) {
  Write(2);
  const support::Pen then = pen_;
  ComeFrom(kg_);
  Write(1);
  Told(kz_, then);
  EXPECT_EQ(Unsynced(), 1u);
  EXPECT_EQ(Behind(kz_), 2u) << "the last one, and what KG brought";
  EXPECT_EQ(Behind(kg_), 3u);
  support::Pen unknown = pen_;
  plan_.Report(unknown, "only there");
  Told(kz_, unknown);
  EXPECT_EQ(Unsynced(), 3u) << "a tip that is not held here may be of another branch";
  Told(kg_, then);
  EXPECT_EQ(Unsynced(), 3u) << "it is no node of this delegation";
}

TEST_F(LagTest, WhatAPeerAcknowledgedBeforeTheLineBrokeIsThere) {
  Write(2);
  Acknowledged(kz_);
  Write(1);
  EXPECT_EQ(Unsynced(), 1u);
  EXPECT_EQ(Behind(kz_), 1u);
  EXPECT_EQ(Behind(kg_), 3u);
  Acknowledged(kz_);
  EXPECT_EQ(Unsynced(), 0u);
  store_.Restart();
  Publish();
  EXPECT_EQ(Unsynced(), 0u);
  Holds(kz_, 1);
  EXPECT_EQ(Unsynced(), 0u) << "an older receipt takes nothing back";
  Holds(kz_, 3);
  Write(1);
  EXPECT_EQ(Unsynced(), 1u);
  EXPECT_FALSE(
      snapshot_->Get(store::kMeta, store::AcknowledgedKey(kz_, plan_.charter.id()))->has_value())
      << "the mark says it all";
}

TEST_F(LagTest, AMarkNeverGoesBack) {
  Write(3);
  Holds(kz_, 3);
  Holds(kz_, 1);
  EXPECT_EQ(Unsynced(), 0u);
  store_.Restart();
  Holds(kz_, 2);
  EXPECT_EQ(Unsynced(), 0u);
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
