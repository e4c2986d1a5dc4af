// entente audit --round: what of one round is in the log is listed beside the report, with who
// signed it, where it stands in the register and what the audit judged it to be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"
#include "node/meaning/record/reference.h"
#include "tests/unit/client/audit_command.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kKgSlot[] = "report/MTR-2017/KG/commitment/DDR/08";
constexpr char kKzSlot[] = "report/MTR-2017/KZ/commitment/DDR/08";

// The world's reports are of no round. The last entry of KG becomes one of MTR-2017, the last of KZ
// a withdrawal.
class AuditRound : public AuditCommand {
 protected:
  AuditRound() {
    kg_ = Rewrite("KG", v1::REPORT, [](const std::string& payload) {
      v1::Report report;
      EXPECT_TRUE(report.ParseFromString(payload));
      report.clear_period();
      report.set_round("MTR-2017");
      return report.SerializeAsString();
    });
    kz_ = Rewrite("KZ", v1::WITHDRAWAL,
                  [](const std::string&) { return support::WithdrawalPayload("KZ", kKzSlot, {}); });
    PlayIt();
  }

  void PlayIt() {
    Play(world_, written_, written_);
    v1::RegisterChunk leaves, checkpoints;
    for (const support::Written& one : written_) {
      leaves.mutable_leaves()->append(ledger::ParseLeaf(one.leaf, std::nullopt)->id.str());
    }
    for (const uint64_t size : {20, 40, 60}) {
      checkpoints.add_checkpoints(world_.Sign(written_, size, true).File());
    }
    node_.OnStream(registry::kExportRegister, std::vector<v1::RegisterChunk>{leaves, checkpoints});
  }

  template <class Change>
  size_t Rewrite(const std::string& code, uint32_t kind, Change change) {
    const crypto::PrivateKey key = support::KeyFrom(code + " author");
    for (size_t i = written_.size(); i-- > 40;) {
      support::Written& one = written_[i];
      ledger::EntryHeader header = ledger::ParseLeaf(one.leaf, std::nullopt)->header;
      if (header.key != key.public_key()) continue;
      header.kind = kind;
      const ledger::Entry entry = ledger::SignEntry(header, change(one.payload), key);
      one = {entry.Leaf(), entry.payload};
      return i;
    }
    ADD_FAILURE() << code << " wrote nothing that no checkpoint covers";
    return 0;
  }

  nlohmann::json Asked(std::vector<std::string> words, int status = 0) {
    words.insert(words.end(), {"--round", "MTR-2017", "--json"});
    EXPECT_EQ(Run(words), status) << out_.str() << err_.str();
    return nlohmann::json::parse(out_.str());
  }

  const support::RegisterWorld world_{60, 20};
  std::vector<support::Written> written_ = world_.written();
  size_t kg_ = 0, kz_ = 0;
};

TEST_F(AuditRound, ItsEntriesAreListedWithWhoSignedThemAndWhereTheyStand) {
  const nlohmann::json report = Asked({"audit"});
  EXPECT_EQ(report["entries"], 60);
  EXPECT_EQ(report["round"]["code"], "MTR-2017");
  const nlohmann::json& entries = report["round"]["entries"];
  ASSERT_EQ(entries.size(), 2u) << report["round"];
  EXPECT_EQ(entries[0]["reference"], meaning::ReferenceOfSlot("EUCA-2014", kKgSlot));
  EXPECT_EQ(entries[0]["kind"], "report");
  EXPECT_EQ(entries[0]["delegation"], "KG");
  EXPECT_EQ(entries[0]["label"], "Officer");
  EXPECT_EQ(entries[0]["roles"], nlohmann::json::array({"desk_officer", "focal_point"}));
  EXPECT_EQ(entries[0]["index"], kg_);
  EXPECT_EQ(entries[0]["checkpoint"], 60);
  EXPECT_TRUE(entries[0]["existed_before"].is_string());
  EXPECT_EQ(entries[0]["status"], "admitted");
  EXPECT_EQ(entries[0]["counts"], true);
  EXPECT_EQ(entries[1]["reference"], meaning::ReferenceOfSlot("EUCA-2014", kKzSlot));
  EXPECT_EQ(entries[1]["kind"], "withdrawal");
  EXPECT_EQ(entries[1]["index"], kz_);
  ASSERT_EQ(Run({"audit", "--round", "MTR-2017"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("clean"));
  EXPECT_THAT(out_.str(), HasSubstr("SIGNED BY"));
  EXPECT_THAT(out_.str(), HasSubstr("entente missing --round MTR-2017"));
  EXPECT_EQ(Run({"audit"}), 0);
  EXPECT_THAT(out_.str(), Not(HasSubstr("MTR-2017"))) << "nothing is listed unasked";
}

TEST_F(AuditRound, APackSaysTheSame) {
  const nlohmann::json node = Asked({"audit"});
  ASSERT_EQ(Run({"audit", "pack", "--out", home_ + "/p/"}), 0) << err_.str();
  const std::vector<std::string> dir = {"audit", "--dir", home_ + "/p"};
  EXPECT_EQ(Asked(dir)["round"], node["round"]);
  // Without what it says, nobody knows the round of an entry.
  fs::remove_all(home_ + "/p/payload");
  const nlohmann::json partial = Asked(dir);
  EXPECT_TRUE(partial["round"]["entries"].empty());
  EXPECT_THAT(partial["not_checked"].dump(), HasSubstr("so that their round is not known: "));
}

TEST_F(AuditRound, WhatDoesNotCountIsListedAndSaysWhy) {
  written_[kg_].leaf.back() ^= 1;
  PlayIt();
  const nlohmann::json report = Asked({"audit"}, 4);
  ASSERT_EQ(report["round"]["entries"].size(), 2u);
  EXPECT_EQ(report["round"]["entries"][0]["status"], "pending (signature)");
  EXPECT_EQ(report["round"]["entries"][0]["counts"], false);
}

TEST_F(AuditRound, ARoundThatIsNotThereIsARemarkAndNoFinding) {
  EXPECT_EQ(Run({"audit", "--round", "MTR-2071"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("no report or withdrawal of round MTR-2071 is in what was "
                                    "audited, nor a record that defines the round"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("SIGNED BY")));
}

TEST_F(AuditRound, WhatIsNoRoundCodeIsRefusedBeforeAnythingIsRead) {
  const std::map<std::string, std::string> said = {
      {"en", "E-CODE round: \"MTR 2017\" is no round code; write it as in the round list"},
      {"fr", "E-CODE round: \"MTR 2017\" n’est pas un code de cycle; écrivez-le comme"},
      {"ru", "E-CODE round: \"MTR 2017\" — не код раунда; пишите его как в списке раундов"}};
  for (const auto& [language, words] : said) {
    std::vector<std::string> asked = {"audit", "--round", "MTR 2017", "--lang", language};
    EXPECT_EQ(Run(asked), 5);
    EXPECT_EQ(out_.str(), "");
    EXPECT_THAT(err_.str(), HasSubstr(words));
    asked.insert(asked.end(), {"--dir", "/nowhere"});
    EXPECT_EQ(Run(asked), 5) << "a pack is not even opened";
  }
}

TEST_F(AuditRound, AfterAnEarlierAuditEverythingIsReadForIt) {
  const std::vector<std::string> words = {"audit", "--audited", home_ + "/mine"};
  ASSERT_EQ(Run(words), 0) << out_.str() << err_.str();
  const nlohmann::json report = Asked(words);
  EXPECT_EQ(report["entries_known"], 0);
  EXPECT_EQ(report["round"]["entries"].size(), 2u);
  EXPECT_THAT(report["remarks"].dump(), HasSubstr("--round lists entries out of all of the log"));
}

}  // namespace
}  // namespace entente::client
