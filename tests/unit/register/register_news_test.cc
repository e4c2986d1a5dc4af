// Copies of a register on other nodes: what they take, what they refuse, what they prove, what they
// cosign, and how a register that lost its newest state gets it back.
#include <functional>

#include "node/register/short_final.h"
#include "tests/unit/register/register_fixture.h"

namespace entente::driver {
namespace {

class RegisterNewsTest : public RegisterTest {
 protected:
  void SetUp() override { Keep(*register_); }
  void Grow(size_t entries, uint64_t time = 1000) {
    register_->Ingest(Write(entries));
    Sequence(*register_);
    Sign(*register_, time);
  }
  v1::RegisterNews NewsFor(Store& to) {
    auto snapshot = register_->kv().NewSnapshot();
    auto news = reg::MakeNews(*snapshot, instrument(), *HeadOf(*register_),
                              {HeadOf(to)->leaves, HeadOf(to)->final_size, reg::Naming::kSpelt});
    EXPECT_TRUE(news.ok());
    return *news;
  }
};

TEST_F(RegisterNewsTest, ACopyHoldsTheSameTreeAndTellsItOn) {
  Grow(5);
  Tell(*register_, *copy_);
  Grow(300, 2000);
  EXPECT_EQ(Tell(*register_, *copy_).leaves_new, 300u);
  EXPECT_EQ(Leaves(*copy_), Leaves(*register_));
  EXPECT_EQ(HeadOf(*copy_)->state, HeadOf(*register_)->state);
  EXPECT_EQ(HeadOf(*copy_)->final_size, 305u);
  auto third = NamedStore();
  Tell(*copy_, *third);
  EXPECT_EQ(HeadOf(*third)->state, HeadOf(*register_)->state);
  third->Restart();
  EXPECT_EQ(HeadOf(*third)->state, HeadOf(*register_)->state);
}

TEST_F(RegisterNewsTest, NewsInPiecesIsCheckedPieceByPiece) {
  Grow(20);
  v1::RegisterNews whole = NewsFor(*copy_);
  auto snapshot = register_->kv().NewSnapshot();
  const auto nodes = reg::NodesOf(reg::GetFrom(snapshot.get()), HeadOf(*register_)->log, 20);
  for (uint64_t from = 0; from < 20; from += 7) {
    const uint64_t to = std::min<uint64_t>(20, from + 7);
    v1::RegisterNews piece = whole;
    piece.set_from(from);
    piece.set_leaves(whole.leaves().substr(32 * from, 32 * (to - from)));
    piece.clear_finals();
    piece.clear_proof();
    const tlog::Proof proof = *tlog::ConsistencyProof(to, 20, nodes);
    for (const base::Digest& hash : proof) piece.add_proof(hash.str());
    v1::RegisterNews wrong = piece;
    (*wrong.mutable_leaves())[5] ^= 1;
    auto refused = copy_->replica().TakeRegisterNews(wrong);
    ASSERT_TRUE(refused.ok());
    EXPECT_TRUE(refused->contradicts);
    EXPECT_EQ(HeadOf(*copy_)->leaves, from);
    EXPECT_TRUE(copy_->replica().TakeRegisterNews(piece).ok());
    copy_->Commit();
    EXPECT_EQ(HeadOf(*copy_)->leaves, to);
  }
  EXPECT_EQ(HeadOf(*copy_)->newest.checkpoint.size, 20u);
}

class ShortFinalTest : public RegisterNewsTest {
 protected:
  void SetUp() override {
    RegisterNewsTest::SetUp();
    for (uint64_t n = 1; n <= 5; ++n) Grow(3, 1000 + n);
  }
  std::vector<std::string> Checkpoints(Store& store) {
    std::vector<std::string> out;
    auto snapshot = store.kv().NewSnapshot();
    auto held = reg::CheckpointsOf(*snapshot, HeadOf(store)->log, 0, 100);
    EXPECT_TRUE(held.ok()) << held.status();
    for (const tlog::SignedCheckpoint& one : *held) out.push_back(one.File());
    return out;
  }
};

TEST_F(ShortFinalTest, FinalsAreToldBySizeAndSignaturesAndComeOutByteForByte) {
  const v1::RegisterNews news = NewsFor(*copy_);
  EXPECT_EQ(news.finals_size(), 0);
  ASSERT_EQ(news.short_finals_size(), 4);
  for (const v1::ShortCheckpoint& one : news.short_finals()) EXPECT_LE(one.ByteSizeLong(), 155u);
  Tell(*register_, *copy_);
  EXPECT_EQ(Checkpoints(*copy_).size(), 5u);
  EXPECT_EQ(Checkpoints(*copy_), Checkpoints(*register_));
  EXPECT_EQ(HeadOf(*copy_)->state, HeadOf(*register_)->state);
}

TEST_F(ShortFinalTest, TheyAreTakenAlsoOfATreeThatIsHeldAlready) {
  v1::RegisterNews news = NewsFor(*copy_);
  v1::RegisterNews without = news;
  without.clear_short_finals();
  ASSERT_TRUE(copy_->replica().TakeRegisterNews(without).ok());
  copy_->Commit();
  EXPECT_EQ(Checkpoints(*copy_).size(), 1u);
  ASSERT_TRUE(copy_->replica().TakeRegisterNews(news).ok());
  copy_->Commit();
  EXPECT_EQ(Checkpoints(*copy_), Checkpoints(*register_));
}

TEST_F(ShortFinalTest, WhatTheRegisterDidNotSignIsNotTakenAndTheRestIs) {
  v1::RegisterNews news = NewsFor(*copy_);
  (*news.mutable_short_finals(1)->mutable_signatures())[7] ^= 1;  // the register's own line
  news.mutable_short_finals(2)->set_size(8);                      // signed, but of another size
  ASSERT_TRUE(copy_->replica().TakeRegisterNews(news).ok());
  copy_->Commit();
  std::vector<std::string> expected = Checkpoints(*register_);
  expected.erase(expected.begin() + 1, expected.begin() + 3);
  EXPECT_EQ(Checkpoints(*copy_), expected);
  EXPECT_EQ(HeadOf(*copy_)->evidence, 0u);
}

TEST_F(ShortFinalTest, WhatDoesNotGoTogetherIsRefusedAndChangesNothing) {
  const v1::RegisterNews news = NewsFor(*copy_);
  const auto refused = [&](const std::function<void(v1::ShortCheckpoint&)>& spoil) {
    v1::RegisterNews bad = news;
    spoil(*bad.mutable_short_finals(0));
    EXPECT_EQ(base::ReasonOf(copy_->replica().TakeRegisterNews(bad).status()), "PROOF_MALFORMED");
    EXPECT_EQ(HeadOf(*copy_)->leaves, 0u);
  };
  refused([](auto& one) { one.mutable_signatures()->pop_back(); });
  refused([](auto& one) { one.mutable_signatures()->push_back('x'); });
  refused([](auto& one) { one.set_size(0); });
  refused([](auto& one) { one.set_size(~uint64_t{0}); });
  refused([](auto& one) {
    for (int i = 0; i < 200; ++i) one.add_keys(7);
  });
}

TEST_F(ShortFinalTest, ALineOfAKeyTheReceiverDoesNotKnowIsSkippedAndTheSenderTellsItWhole) {
  const reg::Trust trust = HeadOf(*register_)->trust;
  tlog::SignedCheckpoint final = HeadOf(*register_)->newest;
  const auto told = reg::Shorten(trust, final);
  ASSERT_TRUE(told.has_value());
  reg::Trust other = trust;
  other.clock.reset();
  const auto read = reg::Lengthen(other, *told, final.checkpoint.root);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->text, final.text);
  EXPECT_EQ(read->lines.size(), final.lines.size() - 1);
  EXPECT_FALSE(reg::Shorten(other, final).has_value());
  final.text += "an extension\n";
  EXPECT_FALSE(reg::Shorten(trust, final).has_value());
}

TEST_F(RegisterNewsTest, WhatTheRegisterDidNotSignIsRefused) {
  Grow(3);
  v1::RegisterNews news = NewsFor(*copy_);
  const Signer thief{"thief", kOrigin, tlog::kTypeLog};
  tlog::SignedCheckpoint forged = HeadOf(*register_)->newest;
  forged.lines = {tlog::SignCheckpoint(forged.text, thief.name, thief.key)};
  news.set_checkpoint(forged.File());
  EXPECT_EQ(base::ReasonOf(copy_->replica().TakeRegisterNews(news).status()), "SIGNATURE_INVALID");
  news.set_checkpoint("nonsense");
  EXPECT_EQ(base::ReasonOf(copy_->replica().TakeRegisterNews(news).status()), "PROOF_MALFORMED");
  EXPECT_EQ(HeadOf(*copy_)->leaves, 0u);
}

TEST_F(RegisterNewsTest, TwoRootsForOneSizeAreProvenAndKept) {
  Grow(4);
  Tell(*register_, *copy_);
  tlog::Checkpoint other = HeadOf(*register_)->newest.checkpoint;
  other.root.bytes[0] ^= 1;
  auto taken = copy_->replica().TakeCheckpoint(instrument(), SignedFile(other));
  ASSERT_TRUE(taken.ok());
  copy_->Commit();
  EXPECT_TRUE(taken->contradicts);
  EXPECT_TRUE(reg::Proves(taken->evidence, log_.name, crypto::Ed25519Verifier()));
  copy_->Restart();
  EXPECT_EQ(HeadOf(*copy_)->evidence, 1u);
  // It travels on, and whoever holds it cosigns nothing more of this register.
  auto third = NamedStore();
  Tell(*copy_, *third);
  EXPECT_EQ(HeadOf(*third)->evidence, 1u);
}

TEST_F(RegisterNewsTest, ARewrittenHistoryIsProven) {
  Grow(3);
  tlog::Checkpoint rewritten = HeadOf(*register_)->newest.checkpoint;
  rewritten.root.bytes[0] ^= 1;
  Grow(5);
  Tell(*register_, *copy_);
  auto taken = copy_->replica().TakeCheckpoint(instrument(), SignedFile(rewritten));
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(reg::Proves(taken->evidence, log_.name, crypto::Ed25519Verifier()));
  EXPECT_FALSE(reg::Proves(taken->evidence, witness_a_.name, crypto::Ed25519Verifier()));
}

TEST_F(RegisterNewsTest, AWitnessCosignsWhatItHoldsAndNeverGoesBack) {
  const std::string policy =
      plan_.charter.Add({ledger::act::WitnessPolicy{1, {witness_a_.name.Text()}}});
  register_->Notes({policy});
  copy_->Notes({policy});
  Grow(2);
  Tell(*register_, *copy_);
  auto cosign = [&](Store& store, const Signer& witness) {
    std::optional<tlog::SignedCheckpoint> due;
    EXPECT_TRUE(store.replica()
                    .ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
                      due = registers.ToCosign(instrument(), witness.name, batch);
                      return absl::OkStatus();
                    })
                    .ok());
    store.Commit();
    return due;
  };
  EXPECT_FALSE(cosign(*copy_, witness_b_).has_value());
  EXPECT_FALSE(cosign(*register_, witness_a_).has_value());
  auto due = cosign(*copy_, witness_a_);
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(due->checkpoint.size, 2u);
  // Marked before the signature: a crash between the two leaves it to be made again.
  copy_->Restart();
  EXPECT_EQ(copy_->replica().registers().Cosigned(HeadOf(*copy_)->log).size, 2u);
  due = cosign(*copy_, witness_a_);
  ASSERT_TRUE(due.has_value());
  due->lines.push_back(tlog::Cosign(due->text, 5000, witness_a_.name, witness_a_.key));
  EXPECT_TRUE(copy_->replica().TakeCheckpoint(instrument(), due->File())->changed);
  copy_->Commit();
  EXPECT_FALSE(cosign(*copy_, witness_a_).has_value());
  Tell(*copy_, *register_);
  EXPECT_EQ(HeadOf(*register_)->final_size, 2u);
}

TEST_F(RegisterNewsTest, ARegisterThatWentBackStopsAndGetsItsTreeBack) {
  Grow(2);
  Tell(*register_, *copy_);
  // The store as it was: what it signed since is only elsewhere.
  auto old = NamedStore();
  old->Ingest({});
  Grow(3, 2000);
  Tell(*register_, *copy_);
  std::vector<Entry> entries;
  support::Pen pen = plan_.PenOf(plan_.kg);
  for (int i = 0; i < 2; ++i) entries.push_back(plan_.Report(pen, "entry " + std::to_string(i)));
  old->Ingest(entries);
  EXPECT_TRUE(old->replica().KeepRegister(instrument(), log_.name).ok());
  old->Commit();
  Sequence(*old);
  Sign(*old);
  ASSERT_EQ(HeadOf(*old)->newest.checkpoint, HeadOf(*old)->newest.checkpoint);
  EXPECT_TRUE(HeadOf(*old)->stopped.empty());
  Tell(*copy_, *old);
  EXPECT_FALSE(HeadOf(*old)->stopped.empty());
  EXPECT_EQ(HeadOf(*old)->newest.checkpoint, HeadOf(*register_)->newest.checkpoint);
  // Entries of its own meanwhile wait; none is signed before every node was met.
  support::Pen other = plan_.PenOf(plan_.kz);
  const Entry late = other.Write(plan_.charter.head(), plan_.kz_chain.head(), 1,
                                 support::ReportPayload("KZ", "DDR/08", "late", {}));
  old->Ingest({late});
  Sequence(*old);
  EXPECT_FALSE(old->replica().registers().ToSign(instrument()).has_value());
  const base::Spki a = support::SpkiFrom("a"), b = support::SpkiFrom("b");
  auto met = [&](const base::Spki& node) {
    EXPECT_TRUE(old->replica()
                    .ChangeRegisters([&](reg::Registers& registers, storage::WriteBatch& batch) {
                      registers.Met(instrument(), node, {a, b}, batch);
                      return absl::OkStatus();
                    })
                    .ok());
    old->Commit();
  };
  met(a);
  EXPECT_FALSE(HeadOf(*old)->stopped.empty());
  old->Restart();
  Keep(*old);
  met(b);
  EXPECT_TRUE(HeadOf(*old)->stopped.empty());
  // The lost entries come back by sync and keep their places.
  for (int i = 2; i < 5; ++i) entries.push_back(plan_.Report(pen, "entry " + std::to_string(i)));
  old->Ingest({entries.begin() + 2, entries.end()});
  Sequence(*old);
  Sign(*old, 3000);
  std::vector<EntryId> expected = Leaves(*register_);
  expected.push_back(late.id);
  EXPECT_EQ(Leaves(*old), expected);
  Tell(*old, *copy_);
  EXPECT_EQ(HeadOf(*copy_)->newest.checkpoint.size, 6u);
  EXPECT_EQ(HeadOf(*copy_)->evidence, 0u);
}

}  // namespace
}  // namespace entente::driver
