// A receipt as its holder checks it: with a policy from outside, with nothing else.
#include "client/audit/receipt_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "client/base/errors.h"
#include "node/ledger/text_rules.h"
#include "tests/support/ledger_fixture.h"
#include "tests/unit/tlog/tlog_fixture.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;
using tlog::TestKey;

class ReceiptFile : public testing::Test {
 protected:
  ReceiptFile() {
    pen_.key = &author_;
    for (int i = 0; i < 20; ++i) {
      entries_.push_back(pen_.Write(base::NoteId{{1}}, base::NoteId{{2}}, 1,
                                    support::ReportPayload("KG", "DDR/08", "words", {})));
      tree_.Append(base::Digest{entries_.back().id.bytes});
    }
  }
  std::string File(std::vector<std::pair<const TestKey*, uint64_t>> cosigned) {
    tlog::Receipt receipt;
    receipt.leaf = entries_[7].Leaf();
    receipt.index = 7;
    receipt.proof = *tlog::InclusionProof(7, 20, tree_.Source());
    receipt.checkpoint = tlog::Sign(tree_, 20, log_);
    for (auto& [key, time] : cosigned) {
      receipt.checkpoint.AddLines(
          {tlog::Cosign(receipt.checkpoint.text, time, key->name, key->key)});
    }
    return tlog::ReceiptText(receipt);
  }
  tlog::Policy TwoOfTwo() { return tlog::Policy::Flat(log_.name, {a_.name, b_.name}, 2); }
  std::string Why(const absl::StatusOr<ReceiptWords>& words) {
    EXPECT_EQ(ExitOf(words.status()), Exit::kFindings);
    return std::string(words.status().message());
  }

  crypto::PrivateKey author_ = support::KeyFrom("author");
  support::Pen pen_;
  std::vector<ledger::Entry> entries_;
  tlog::TestTree tree_;
  TestKey log_{"log.example", 0x01, 5}, a_{"w/a", 0x04, 6}, b_{"w/b", 0x04, 7};
};

TEST_F(ReceiptFile, DatesTheEntryByAnIntervalAndNeverByItsClaimAlone) {
  auto words = VerifyReceiptText(File({{&a_, 1795349700}, {&b_, 1795349702}}), TwoOfTwo(), "");
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(words->json["existed_before"], "2026-11-22T12:15:02Z");
  EXPECT_EQ(words->json["index"], 7);
  EXPECT_THAT(words->text, HasSubstr("existed before  2026-11-22T12:15:02Z"));
  EXPECT_THAT(words->text, HasSubstr("signed after"));
  EXPECT_THAT(words->text, HasSubstr("the author's own word"));
  EXPECT_THAT(words->text, HasSubstr("not checked: whose key it is"));
}

TEST_F(ReceiptFile, WithoutWitnessesNothingIsDated) {
  auto words = VerifyReceiptText(File({}), *PolicyOfLog(log_.name.Text()), "");
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_TRUE(words->json["existed_before"].is_null());
  EXPECT_THAT(words->text, HasSubstr("existed before  not dated"));
}

TEST_F(ReceiptFile, AQuorumThatIsNotMetIsNotEnough) {
  EXPECT_THAT(Why(VerifyReceiptText(File({{&a_, 1795349700}}), TwoOfTwo(), "")),
              HasSubstr("quorum"));
}

TEST_F(ReceiptFile, EveryChangedByteIsNoticed) {
  const std::string good = File({{&a_, 1795349700}, {&b_, 1795349702}});
  ASSERT_TRUE(VerifyReceiptText(good, TwoOfTwo(), "").ok());
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    ASSERT_FALSE(VerifyReceiptText(bad, TwoOfTwo(), "").ok()) << "byte " << i;
  }
}

TEST_F(ReceiptFile, AnotherInstrumentAnotherLogAnotherFile) {
  const std::string good = File({});
  const tlog::Policy log = *PolicyOfLog(log_.name.Text());
  const std::string instrument = pen_.instrument.ToHex();
  EXPECT_TRUE(VerifyReceiptText(good, log, instrument).ok());
  EXPECT_THAT(Why(VerifyReceiptText(good, log, std::string(64, 'a'))), HasSubstr("--pin"));
  TestKey stranger("log.example", 0x01, 9);
  EXPECT_THAT(Why(VerifyReceiptText(good, *PolicyOfLog(stranger.name.Text()), "")),
              HasSubstr("proves nothing"));
  EXPECT_THAT(Why(VerifyReceiptText("hello\n", log, "")), HasSubstr("not a receipt"));
  EXPECT_THAT(Why(VerifyReceiptText("", log, "")), HasSubstr("proves nothing"));
  EXPECT_THAT(Why(ShowReceiptText("hello\n")), HasSubstr("not a receipt"));
}

TEST_F(ReceiptFile, ShowingVerifiesNothingAndSaysSo) {
  auto words = ShowReceiptText(File({{&a_, 1795349700}}));
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(words->json["verified"], false);
  EXPECT_THAT(words->text, HasSubstr("nothing here was verified"));
}

TEST_F(ReceiptFile, AKeyThatIsNoRegistersIsAUsageError) {
  EXPECT_EQ(ExitOf(PolicyOfLog("x").status()), Exit::kUsage);
  EXPECT_EQ(ExitOf(PolicyOfLog(a_.name.Text()).status()), Exit::kUsage);
  EXPECT_EQ(ExitOf(ReadPolicy("/nowhere/at/all").status()), Exit::kMachine);
}

}  // namespace
}  // namespace entente::client
