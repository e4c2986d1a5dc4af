// An audit's report as a record: what it says, what it leaves out, and that it never outgrows one.
#include "client/audit/audit_statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "client/signing/submit_run.h"
#include "entente/v1/entry.pb.h"
#include "node/crypto/sha256.h"
#include "node/ledger/limits.h"
#include "node/meaning/record/record.h"
#include "node/meaning/text/unicode.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;

v1::RebuiltViews Made() {
  v1::RebuiltViews made;
  made.set_frontier_digest(crypto::Sha256("set").str());
  made.set_authority_digest(crypto::Sha256("notes").str());
  made.set_view_digest(crypto::Sha256("views").str());
  made.set_version("1.2.3");
  return made;
}

RegisterReport RegisterOf(uint64_t size) {
  RegisterReport reg;
  reg.checked = true;
  reg.newest.size = size;
  reg.newest.root = crypto::Sha256("root");
  return reg;
}

AuditReport ReportWith(size_t findings, const std::string& text) {
  AuditReport report;
  report.entries = 70;
  report.signatures_checked = 69;
  report.signatures_bad = 1;
  report.gaps = 2;
  report.forks = 3;
  for (size_t i = 0; i < findings; ++i) {
    report.findings.push_back({"BADSIG", absl::StrCat("feed ", i), text});
  }
  return report;
}

TEST(AuditStatement, WhatWasOnlyCountedIsCountedHereToo) {
  AuditReport report = ReportWith(1000, "bad");
  report.findings_more = 77;
  const v1::AuditStatement out = StatementOf(report, RegisterOf(60), Made());
  ASSERT_EQ(out.findings_size(), meaning::kAuditFindingsMax);
  EXPECT_EQ(out.findings(out.findings_size() - 1).text(), "878 more findings");
}

TEST(AuditStatement, SaysWhatWasCheckedOverWhichSet) {
  const v1::AuditStatement out = StatementOf(ReportWith(1, "bad"), RegisterOf(60), Made());
  EXPECT_EQ(out.frontier_digest(), crypto::Sha256("set").view());
  EXPECT_EQ(out.authority_digest(), crypto::Sha256("notes").view());
  EXPECT_EQ(out.view_digest(), crypto::Sha256("views").view());
  EXPECT_EQ(out.entries(), 70u);
  EXPECT_EQ(out.signatures_checked(), 69u);
  EXPECT_EQ(out.signatures_bad(), 1u);
  EXPECT_EQ(out.gaps(), 2u);
  EXPECT_EQ(out.forks(), 3u);
  EXPECT_EQ(out.checkpoint_size(), 60u);
  EXPECT_EQ(out.checkpoint_root(), crypto::Sha256("root").view());
  EXPECT_EQ(out.program(), "entente 1.2.3");
  ASSERT_EQ(out.findings_size(), 1);
  EXPECT_EQ(out.findings(0).where(), "feed 0");
  const std::string words = StatementInWords("EUCA-2014", out);
  EXPECT_THAT(words, HasSubstr("1 finding, register up to 60, root "));
}

TEST(AuditStatement, WithoutARegisterNoCheckpointIsNamed) {
  RegisterReport none;
  none.newest.size = 60;
  const v1::AuditStatement out = StatementOf(ReportWith(0, ""), none, Made());
  EXPECT_EQ(out.checkpoint_size(), 0u);
  EXPECT_TRUE(out.checkpoint_root().empty());
  EXPECT_THAT(StatementInWords("EUCA-2014", out), HasSubstr("no findings, no register"));
}

TEST(AuditStatement, HoweverMuchIsFoundItIsARecordAndCountsTheRest) {
  const std::string long_text(5000, 'x');
  std::string cyrillic;
  while (cyrillic.size() < 3000) cyrillic += "\xd0\xb6";
  for (const std::string& text : {std::string("short"), long_text, cyrillic + "\x1b[2J"}) {
    for (size_t findings : {199u, 200u, 201u, 5000u}) {
      const v1::AuditStatement out = StatementOf(ReportWith(findings, text), {}, Made());
      const std::string bytes = PayloadBytes(out);
      EXPECT_LE(bytes.size(), ledger::kPayloadBytesMax);
      ASSERT_LE(out.findings_size(), meaning::kAuditFindingsMax);
      const v1::AuditFinding& last = out.findings(out.findings_size() - 1);
      const size_t told = static_cast<size_t>(out.findings_size());
      if (told == findings) {
        EXPECT_EQ(last.code(), "BADSIG");
      } else {
        EXPECT_EQ(last.code(), "MORE");
        EXPECT_EQ(last.text(), absl::StrCat(findings - (told - 1), " more findings"));
      }
      for (const v1::AuditFinding& finding : out.findings()) {
        EXPECT_TRUE(meaning::IsUtf8(finding.text()));
        EXPECT_EQ(finding.text().find('\x1b'), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace entente::client
