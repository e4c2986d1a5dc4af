// Files about a register that people give: what this node says of them, what it keeps, and when its
// own register stops.
#include <gmock/gmock.h>

#include "node/register/equivocation.h"
#include "node/rpc/register/file_check.h"
#include "node/runtime/system_clock.h"
#include "node/tlog/memory_tree.h"
#include "node/tlog/receipt.h"
#include "tests/unit/register/register_fixture.h"

namespace entente::rpc {
namespace {

using absl::StatusCode;
using driver::Store;
using ledger::Entry;
using Checked = v1::CheckRegisterFileResponse;

class RegisterFile : public driver::RegisterTest {
 protected:
  RegisterFile() { Keep(*register_); }
  std::vector<Entry> Receive(size_t count) {
    std::vector<Entry> entries = Write(count);
    register_->Ingest(entries);
    Sequence(*register_);
    Sign(*register_);
    for (const Entry& entry : entries) tree_.Append(base::Digest{entry.id.bytes});
    return entries;
  }
  std::string CheckpointFile(const tlog::MemoryTree& tree, uint64_t size) {
    return SignedFile({kOrigin, size, tree.RootAt(size)});
  }
  std::string ReceiptFile(const Entry& entry, uint64_t index) {
    tlog::Receipt receipt{entry.Leaf(), index, {}, {}};
    receipt.checkpoint = *tlog::ParseSignedCheckpoint(CheckpointFile(tree_, tree_.size()));
    receipt.proof = *tlog::InclusionProof(index, tree_.size(), tree_.Source());
    return tlog::ReceiptText(receipt);
  }
  static tlog::MemoryTree OtherTree(size_t size) {
    tlog::MemoryTree tree;
    for (size_t i = 0; i < size; ++i) {
      base::Digest leaf;
      leaf.bytes[0] = static_cast<uint8_t>(i);
      tree.Append(leaf);
    }
    return tree;
  }
  // What the node over this store says.
  absl::StatusOr<Checked> Check(Store& store, const std::string& file) {
    const runtime::SystemClock clock;
    NodeCore core(&store.replica(), &clock, NodeFacts{});
    v1::CheckRegisterFileRequest request;
    request.set_instrument("EUCA-2014");
    request.set_file(file);
    Checked response;
    const absl::Status status = CheckRegisterFile(core, request, response);
    core.Stop();
    if (!status.ok()) return status;
    return response;
  }
  uint64_t Evidence(Store& store) {
    store.Restart();
    return HeadOf(store)->evidence;
  }

  tlog::MemoryTree tree_;
};

TEST_F(RegisterFile, ACheckpointOfTheSameTreeHoldsAndItsNewLinesAreKept) {
  Receive(6);
  Tell(*register_, *copy_);
  Checked checked = *Check(*copy_, CheckpointFile(tree_, 4));
  EXPECT_EQ(checked.verdict(), Checked::HOLDS);
  EXPECT_EQ(checked.size(), 4u);
  EXPECT_TRUE(checked.kept()) << "of that size none was held";
  EXPECT_FALSE(Check(*copy_, CheckpointFile(tree_, 4))->kept());
  EXPECT_EQ(Evidence(*copy_), 0u);
}

TEST_F(RegisterFile, OfALargerTreeNothingCanBeSaid) {
  Receive(6);
  const Checked checked = *Check(*copy_, CheckpointFile(tree_, 6));
  EXPECT_EQ(checked.verdict(), Checked::AHEAD);
  EXPECT_EQ(checked.leaves(), 0u);
}

TEST_F(RegisterFile, WhatContradictsIsKeptAndProven) {
  Receive(6);
  Tell(*register_, *copy_);
  for (uint64_t size : {6, 4}) {
    const Checked checked = *Check(*copy_, CheckpointFile(OtherTree(9), size));
    EXPECT_EQ(checked.verdict(), Checked::CONTRADICTS);
    EXPECT_TRUE(checked.kept());
    EXPECT_TRUE(reg::Proves(checked.evidence(), log_.name, crypto::Ed25519Verifier()));
  }
  EXPECT_EQ(Evidence(*copy_), 2u);
}

TEST_F(RegisterFile, AReceiptSaysWhereItsEntryStandsAndWhetherItIsHeld) {
  const std::vector<Entry> entries = Receive(6);
  Tell(*register_, *copy_);
  copy_->Ingest({entries.begin(), entries.begin() + 2});
  Checked checked = *Check(*copy_, ReceiptFile(entries[1], 1));
  EXPECT_EQ(checked.verdict(), Checked::HOLDS);
  EXPECT_EQ(checked.kind(), "receipt");
  EXPECT_EQ(checked.index(), 1u);
  EXPECT_TRUE(checked.held());
  EXPECT_FALSE(Check(*copy_, ReceiptFile(entries[5], 5))->held());
  std::string moved = ReceiptFile(entries[1], 1);
  moved.replace(moved.find("\nindex 1"), 8, "\nindex 2");
  EXPECT_EQ(base::ReasonOf(Check(*copy_, moved).status()), "VERIFICATION_FAILED");
}

// The dual of absence: a promise that the register does not keep.
TEST_F(RegisterFile, AReceiptOfAnotherTreeIsEvidence) {
  Receive(6);
  Tell(*register_, *copy_);
  const std::vector<Entry> withheld = Write(1);
  tlog::MemoryTree other = OtherTree(3);
  other.Append(base::Digest{withheld[0].id.bytes});
  tlog::Receipt receipt{withheld[0].Leaf(), 3, {}, {}};
  receipt.checkpoint = *tlog::ParseSignedCheckpoint(CheckpointFile(other, 4));
  receipt.proof = *tlog::InclusionProof(3, 4, other.Source());
  const Checked checked = *Check(*copy_, tlog::ReceiptText(receipt));
  EXPECT_EQ(checked.verdict(), Checked::CONTRADICTS);
  EXPECT_FALSE(checked.held());
  EXPECT_EQ(Evidence(*copy_), 1u);
}

TEST_F(RegisterFile, AProofIsTakenOnceAndOnlyIfItProves) {
  Receive(6);
  Tell(*register_, *copy_);
  const std::string proof = Check(*copy_, CheckpointFile(OtherTree(9), 6))->evidence();
  Store bystander(plan_);
  bystander.Notes({named_});
  Checked checked = *Check(bystander, proof);
  EXPECT_EQ(checked.verdict(), Checked::CONTRADICTS);
  EXPECT_TRUE(checked.kept());
  EXPECT_FALSE(Check(bystander, proof)->kept());
  EXPECT_EQ(Evidence(bystander), 1u);
  EXPECT_EQ(base::ReasonOf(Check(bystander, proof.substr(0, proof.size() - 90)).status()),
            "VERIFICATION_FAILED");
}

TEST_F(RegisterFile, WhatIsNotThisRegistersSaysSo) {
  Receive(6);
  Tell(*register_, *copy_);
  const driver::Signer stranger{"stranger", kOrigin, tlog::kTypeLog};
  tlog::SignedCheckpoint forged = *tlog::ParseSignedCheckpoint(CheckpointFile(OtherTree(9), 6));
  forged.lines = {tlog::SignCheckpoint(forged.text, stranger.name, stranger.key)};
  EXPECT_EQ(base::ReasonOf(Check(*copy_, forged.File()).status()), "VERIFICATION_FAILED");
  EXPECT_EQ(Evidence(*copy_), 0u);
  for (const char* junk : {"", "hello", "c2sp.org/tlog-proof@v1\n", "entente-equivocation@v1\n"}) {
    EXPECT_EQ(base::ReasonOf(Check(*copy_, junk).status()), "VERIFICATION_FAILED") << junk;
  }
  const absl::Status large = Check(*copy_, std::string(tlog::kReceiptBytesMax + 1, 'x')).status();
  EXPECT_EQ(base::ReasonOf(large), "LIMIT_EXCEEDED");
  const std::string old = CheckpointFile(tree_, 6);
  const driver::Signer next{"next register", kOrigin, tlog::kTypeLog};
  copy_->Notes({plan_.charter.Add({ledger::act::Register{next.name.Text()}})});
  EXPECT_THAT(std::string(Check(*copy_, old).status().message()),
              testing::HasSubstr("earlier register"));
}

TEST_F(RegisterFile, ARegisterThatMeetsALaterCheckpointOfItsOwnStops) {
  Receive(4);
  tlog::MemoryTree later = tree_;
  later.Append(base::Digest{});
  EXPECT_EQ(Check(*register_, CheckpointFile(later, 5))->verdict(), Checked::AHEAD);
  Keep(*register_);
  EXPECT_THAT(HeadOf(*register_)->stopped, testing::HasSubstr("5 entries"));
  register_->Ingest(Write(1));
  EXPECT_EQ(*register_->replica().Sequence(instrument(), 10), 0u);
}

}  // namespace
}  // namespace entente::rpc
