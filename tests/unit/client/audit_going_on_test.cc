// entente audit --audited: an audit that goes on from the one before reads what is new, finds what
// is wrong in it, and says what it did not look at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "client/audit/audited.h"
#include "node/tlog/memory_tree.h"
#include "node/tlog/receipt.h"
#include "tests/support/played_log.h"
#include "tests/unit/client/audit_command.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;

// A node with the first entries of a world, which then gets more of them.
class GoingOn : public AuditCommand {
 protected:
  static constexpr size_t kAll = 300;

  // Of the first `upto`: what is in the log, and the register's order.
  void Hold(size_t upto, std::vector<support::Written> log, std::vector<support::Written> order) {
    log.resize(std::min(log.size(), upto));
    order.resize(upto);
    played_.emplace(world_.instrument());
    std::vector<std::string> notes;
    for (const auto& [path, file] : world_.Pack()) {
      if (path.starts_with("charter/") || path.starts_with("credentials/")) notes.push_back(file);
    }
    played_->SetNotes(notes);
    for (const support::Written& one : log) {
      played_->Add(*ledger::ParseLeaf(one.leaf, one.payload));
    }
    for (const support::Written& one : order) {
      played_->AddLeaf(ledger::ParseLeaf(one.leaf, std::nullopt)->id);
    }
    for (const tlog::SignedCheckpoint& c : world_.checkpoints()) {
      const uint64_t size = c.checkpoint.size;
      if (size <= upto) played_->AddCheckpoint(world_.Sign(order, size, true));
    }
    played_->Tell(log.size(), 0, 0, 0);
    played_->PlayOn(node_);
  }
  void Hold(size_t upto) { Hold(upto, world_.written(), world_.written()); }
  nlohmann::json Audit(int status) {
    played_->TakeGiven();
    EXPECT_EQ(Run({"audit", "--audited", file_, "--json"}), status) << out_.str() << err_.str();
    return nlohmann::json::parse(out_.str());
  }
  std::string Everything(const nlohmann::json& report) {
    for (const std::string remark : report["remarks"]) {
      if (remark.starts_with("everything was read again: ")) return remark;
    }
    return "";
  }

  const support::RegisterWorld world_{kAll, 50};
  std::optional<support::PlayedLog> played_;
  const std::string file_ = home_ + "/audited";
};

TEST_F(GoingOn, OnlyWhatIsNewIsRead) {
  Hold(250);
  EXPECT_EQ(Audit(0)["signatures_checked"], 250);
  EXPECT_EQ(played_->TakeGiven(), 250u);
  auto again = Audit(0);
  EXPECT_EQ(played_->TakeGiven(), 0u);
  EXPECT_EQ(again["entries"], 250);
  EXPECT_EQ(again["entries_known"], 250);
  EXPECT_EQ(again["admitted"], 250);
  EXPECT_EQ(again["signatures_checked"], 0);
  EXPECT_FALSE(again["views_recomputed"]);
  Hold(300);
  again = Audit(0);
  EXPECT_EQ(played_->TakeGiven(), 50u);
  EXPECT_EQ(again["entries"], 300);
  EXPECT_EQ(again["signatures_checked"], 50);
  EXPECT_EQ(again["register"]["size"], 300);
  EXPECT_EQ(again["register"]["checkpoints"], 2);
  EXPECT_THAT(again["not_checked"].dump(), HasSubstr("250 of 300 entries: the audit of 20"));
  EXPECT_THAT(again["not_checked"].dump(), HasSubstr("views: they were not made again"));
  EXPECT_EQ(Everything(again), "");
  EXPECT_EQ(Run({"audit", "--audited", file_}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("clean: every signature, chain and hash of what is new holds"));
}

TEST_F(GoingOn, WhatIsWrongInTheNewPartIsFoundAndThenEverythingIsRead) {
  Hold(250);
  Audit(0);
  const std::string kept = *ReadFile(file_);
  Hold(300);
  ledger::Entry entry = *ledger::ParseLeaf(world_.written()[270].leaf, std::nullopt);
  const base::EntryId id = entry.id;
  entry.signature[3] ^= 1;
  played_->Replace(id, entry);
  const auto report = Audit(4);
  EXPECT_EQ(played_->TakeGiven(), 350u) << "the new part, then all";
  EXPECT_EQ(report["signatures_bad"], 1);
  EXPECT_THAT(report["findings"].dump(), HasSubstr("BADSIG"));
  EXPECT_THAT(Everything(report), HasSubstr("BADSIG"));
  EXPECT_EQ(*ReadFile(file_), kept);
  EXPECT_THAT(err_.str(), HasSubstr("not written"));
}

TEST_F(GoingOn, ARegisterThatWasChangedBelowIsFound) {
  Hold(250);
  Audit(0);
  std::vector<support::Written> order = world_.written();
  std::swap(order[70], order[71]);
  Hold(300, world_.written(), order);
  const auto report = Audit(4);
  EXPECT_THAT(report["findings"].dump(), HasSubstr("AUDITED"));
  EXPECT_THAT(Everything(report), HasSubstr("ROOT"));
}

// The limit that is told: below where it goes on the entries themselves are not looked at.
TEST_F(GoingOn, AnEntryThatIsDamagedBelowIsFoundByAnAuditOfEverything) {
  Hold(250);
  Audit(0);
  Hold(300);
  ledger::Entry entry = *ledger::ParseLeaf(world_.written()[10].leaf, std::nullopt);
  const base::EntryId id = entry.id;
  entry.signature[3] ^= 1;
  played_->Replace(id, entry);
  Audit(0);
  EXPECT_EQ(Run({"audit"}), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING BADSIG"));
}

TEST_F(GoingOn, AFeedThatIsShorterThanItWasIsSeen) {
  Hold(300);
  Audit(0);
  std::vector<support::Written> log = world_.written();
  log.pop_back();
  Hold(300, log, world_.written());
  const auto report = Audit(0);
  EXPECT_THAT(Everything(report), HasSubstr("entries are not those that were there"));
  EXPECT_THAT(report["remarks"].dump(), HasSubstr("1 entries of the register are not held here"));
}

TEST_F(GoingOn, ANodeThatCountsOtherwiseOrHidesItsRegisterIsReadWhole) {
  Hold(250);
  Audit(0);
  played_->Tell(251, 0, 0, 0);
  EXPECT_THAT(Audit(4)["findings"].dump(), HasSubstr("NODE-COUNT"));
  played_->Tell(250, 0, 0, 0);
  node_.OnStream(registry::kExportRegister, std::vector<v1::RegisterChunk>{});
  EXPECT_THAT(Everything(Audit(0)), HasSubstr("an earlier audit verified 250 entries"));
}

// What a receipt of one's own says is proven from the newest root, not read again.
TEST_F(GoingOn, AReceiptFromBelowIsHonouredOrFound) {
  const std::string path = home_ + "/mine.tlog-proof";
  auto save = [&](const std::vector<support::Written>& written) {
    tlog::MemoryTree tree;
    for (size_t i = 0; i < 150; ++i) {
      tree.Append(base::Digest{ledger::ParseLeaf(written[i].leaf, std::nullopt)->id.bytes});
    }
    const tlog::Receipt receipt{written[140].leaf, 140,
                                *tlog::InclusionProof(140, 150, tree.Source()),
                                world_.Sign(written, 150, true)};
    ASSERT_TRUE(WriteFile(path, tlog::ReceiptText(receipt)).ok());
  };
  Hold(250);
  Audit(0);
  save(world_.written());
  Hold(300);
  EXPECT_EQ(Run({"audit", "--audited", file_, "--receipt", path, "--json"}), 0) << out_.str();
  const auto report = nlohmann::json::parse(out_.str());
  EXPECT_EQ(report["register"]["receipts"], 1);
  EXPECT_EQ(report["entries_known"], 250);
  // One of another register, which the same keys signed.
  std::vector<support::Written> other = world_.written();
  other[100] = world_.Rewritten(100);
  save(other);
  EXPECT_EQ(Run({"audit", "--audited", file_, "--receipt", path}), 4);
  EXPECT_THAT(out_.str(), HasSubstr("FINDING RECEIPT"));
  EXPECT_THAT(out_.str(), HasSubstr("everything was read again"));
}

TEST_F(GoingOn, ANodeThatLagsIsNoReasonToForget) {
  Hold(300);
  Audit(0);
  const std::string kept = *ReadFile(file_);
  Hold(250);
  const auto report = Audit(0);
  EXPECT_THAT(report["remarks"].dump(), HasSubstr("an earlier audit verified 300 entries"));
  EXPECT_EQ(*ReadFile(file_), kept);
}

TEST_F(GoingOn, WhoeverSignsReadsEverything) {
  Hold(250);
  Audit(0);
  Run({"audit", "--audited", file_, "--key", home_ + "/a.key", "--yes"});
  EXPECT_THAT(out_.str(), HasSubstr("everything was read again: a statement is about all"));
}

TEST_F(GoingOn, ADamagedOrForeignFileIsRefused) {
  Hold(250);
  Audit(0);
  std::string text = *ReadFile(file_);
  text[text.find("log ") + 40] ^= 1;
  ASSERT_TRUE(WriteFile(file_, text).ok());
  EXPECT_EQ(Run({"audit", "--audited", file_}), 9);
  EXPECT_THAT(err_.str(), HasSubstr("does not read as entente-audited/2"));
  Audited other{*base::InstrumentId::FromHex(std::string(64, 'a')), 1, {}, "2026-11-29T12:00:00Z"};
  ASSERT_TRUE(WriteFile(file_, AuditedText(other)).ok());
  EXPECT_EQ(Run({"audit", "--audited", file_}), 4);
  EXPECT_THAT(err_.str(), HasSubstr("keep one such file for each instrument"));
}

}  // namespace
}  // namespace entente::client
