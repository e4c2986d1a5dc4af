// Attachments in reports: schema 2, its rules, what views hold of it, and the bytes that stay.
#include "node/meaning/record/attachment.h"

#include <fstream>
#include <functional>
#include <iterator>

#include "absl/strings/strip.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/store.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/record/index_key.h"
#include "node/meaning/record/normalise.h"
#include "node/meaning/record/record.h"
#include "node/meaning/rules/projection.h"
#include "node/meaning/rules/validate.h"
#include "tests/support/source_dir.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Report Attached(const v1::Attachment& attachment) {
  v1::Report report = GoodReport();
  *report.add_attachments() = attachment;
  return report;
}

std::vector<Finding> Check(const v1::Report& report) {
  return CheckReport(report, GoodCatalogue(), Moment::kLog, 0);
}

std::string GoldenHex(const std::string& name) {
  std::ifstream in(tests::SourceFile("tests/golden/" + name));
  std::string text(std::istreambuf_iterator<char>(in), {});
  return base::FromHex(absl::StripSuffix(text, "\n")).value_or("");
}

TEST(Attachment, AGoodOneHasNoFindings) {
  EXPECT_THAT(Messages(Check(Attached(GoodAttachment()))), IsEmpty());
}

TEST(Attachment, EveryRuleHasACaseThatBreaksItAndOneThatJustDoesNot) {
  struct Case {
    const char* code;
    std::function<void(v1::Attachment&)> change;
  };
  const std::vector<Case> broken = {
      {"E-ATT-NAME", [](auto& a) { a.set_name("../order.pdf"); }},
      {"E-ATT-NAME", [](auto& a) { a.set_name("C:\\order.pdf"); }},
      {"E-ATT-NAME", [](auto& a) { a.set_name(".."); }},
      {"E-ATT-NAME", [](auto& a) { a.set_name(""); }},
      {"E-ATT-NAME", [](auto& a) { a.set_name(" order.pdf"); }},
      {"E-ATT-NAME", [](auto& a) { a.set_name(std::string(201, 'x')); }},
      {"E-ATT-NAME", [](auto& a) { a.set_name("two\nlines"); }},
      {"E-ATT-SIZE", [](auto& a) { a.set_size(0); }},
      {"E-ATT-SIZE", [](auto& a) { a.set_size((1u << 30) + 1); }},
      {"E-ATT-SIZE", [](auto& a) { a.set_size(UINT64_MAX); }},
      {"E-ATT-TYPE", [](auto& a) { a.set_media_type("pdf"); }},
      {"E-ATT-TYPE", [](auto& a) { a.set_media_type("Application/pdf"); }},
      {"E-ATT-TYPE", [](auto& a) { a.set_media_type("text/plain; charset=utf-8"); }},
      {"E-ATT-HASH", [](auto& a) { a.set_sha256(std::string(31, 'x')); }},
      {"E-ATT-HASH", [](auto& a) { a.clear_root(); }},
      {"E-LANG", [](auto& a) { a.set_lang("kz"); }},
      {"E-WORD", [](auto& a) { a.set_kind("law"); }}};
  for (const Case& one : broken) {
    v1::Attachment attachment = GoodAttachment();
    one.change(attachment);
    EXPECT_EQ(Get(Check(Attached(attachment)), one.code).severity, Severity::kRefuse);
  }
  const std::vector<std::function<void(v1::Attachment&)>> fine = {
      [](auto& a) { a.set_name(std::string(200, 'x')); },
      [](auto& a) { a.set_name("..order"); },
      [](auto& a) { a.set_size(1); },
      [](auto& a) { a.set_size(1u << 30); },
      [](auto& a) { a.set_media_type("application/vnd.oasis.opendocument.text"); },
      [](auto& a) { a.clear_lang(); },
      [](auto& a) { a.clear_kind(); }};
  for (const auto& change : fine) {
    v1::Attachment attachment = GoodAttachment();
    change(attachment);
    EXPECT_THAT(Messages(Check(Attached(attachment))), IsEmpty());
  }
}

TEST(Attachment, TheMessageNamesTheLimitAndWhatToDo) {
  v1::Attachment attachment = GoodAttachment();
  attachment.set_name("annex.pdf");
  attachment.set_size(uint64_t{3} << 29);
  const Finding finding = Get(Check(Attached(attachment)), "E-ATT-SIZE");
  EXPECT_EQ(finding.message,
            "E-ATT-SIZE attachments[annex.pdf]: 1.5 GiB, limit 1.0 GiB; split it or give a link");
}

TEST(Attachment, NamesAndTheirNumberAreBounded) {
  v1::Report report = Attached(GoodAttachment());
  *report.add_attachments() = GoodAttachment();
  EXPECT_THAT(Get(Check(report), "E-ATT-NAME").message, HasSubstr("stands twice"));
  report.clear_attachments();
  for (int i = 0; i < kAttachmentsMax; ++i) {
    *report.add_attachments() = GoodAttachment();
    report.mutable_attachments(i)->set_name("annex " + std::to_string(i));
  }
  EXPECT_THAT(Messages(Check(report)), IsEmpty());
  report.add_attachments();
  EXPECT_THAT(Get(Check(report), "E-ATT-SIZE").message, HasSubstr("33 attachments, limit 32"));
}

TEST(Attachment, ANilReportHasNone) {
  v1::Report report = Attached(GoodAttachment());
  report.clear_narratives();
  report.clear_implementation();
  report.clear_assessment();
  report.set_nil_reason("nothing was done");
  EXPECT_TRUE(Has(Check(report), "E-NIL"));
  report.clear_attachments();
  EXPECT_FALSE(Has(Check(report), "E-NIL"));
}

TEST(Attachment, AReportWithOneIsSchema2AndAnUnknownFieldInSchema1) {
  EXPECT_EQ(SchemaOf(GoodReport()), 1u);
  const v1::Report report = Attached(GoodAttachment());
  EXPECT_EQ(SchemaOf(report), 2u);
  const std::string payload = report.SerializeAsString();
  ReadRecord read = ReadPayload(v1::REPORT, 1, payload);
  ASSERT_TRUE(read.fault);
  EXPECT_EQ(read.fault->code, "E-SCHEMA");
  read = ReadPayload(v1::REPORT, 2, payload);
  EXPECT_FALSE(read.fault || read.newer);
  EXPECT_EQ(std::get<v1::Report>(read.record).attachments(0).name(), "приказ.pdf");
  EXPECT_TRUE(ReadPayload(v1::REPORT, 4, payload).newer);
  EXPECT_TRUE(ReadPayload(v1::REPORT, 0, payload).newer);
  EXPECT_TRUE(ReadPayload(v1::WITHDRAWAL, 2, GoodWithdrawal().SerializeAsString()).newer);
}

TEST(Attachment, ViewsSayWhichContentsAReportNames) {
  RecordFacts facts;
  facts.id = EntryNumber(7);
  facts.kind = v1::REPORT;
  facts.schema = 2;
  facts.delegation_code = "KG";
  const v1::Report report = Attached(GoodAttachment());
  const Projection shown = Project(facts, report.SerializeAsString());
  ASSERT_FALSE(shown.set_aside || shown.newer);
  const auto blob = BlobOf(report.attachments(0));
  ASSERT_TRUE(blob);
  v1::ReportSummary summary;
  ASSERT_TRUE(summary.ParseFromString(shown.summary));
  ASSERT_EQ(summary.blobs_size(), 1);
  EXPECT_EQ(blob::BlobId::Parse(summary.blobs(0)), blob);
  ASSERT_EQ(shown.index_keys.size(), 1u);
  const auto row = ParseIndexKey(shown.index_keys[0]);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->index, Index::kAttachments);
  EXPECT_EQ(BlobOfFields(row->fields), blob);
  EXPECT_EQ(row->entry, facts.id);
}

TEST(Attachment, NormalisingMendsNameAndLanguage) {
  v1::Attachment attachment = GoodAttachment();
  attachment.set_name("i\xcc\x87.pdf");  // i and a combining dot
  attachment.set_lang("RU");
  v1::Report report = Attached(attachment);
  NormaliseReport(report);
  EXPECT_EQ(report.attachments(0).lang(), "ru");
  EXPECT_FALSE(Has(Check(report), "E-UTF8"));
}

TEST(Attachment, TypesAreGuessedFromTheEnding) {
  EXPECT_EQ(GuessMediaType("Приказ.PDF"), "application/pdf");
  EXPECT_EQ(GuessMediaType("archive.tar.zip"), "application/zip");
  for (const char* unknown : {"README", "x.", ".pdfx", ""}) {
    EXPECT_EQ(GuessMediaType(unknown), "application/octet-stream");
  }
}

TEST(Attachment, SizesReadAsPeopleSayThem) {
  EXPECT_EQ(BinarySize(900), "900 bytes");
  EXPECT_EQ(BinarySize(61u << 20), "61.0 MiB");
  EXPECT_EQ(BinarySize(1u << 30), "1.0 GiB");
}

// tests/golden: what was signed stays readable, and is written the same again.
TEST(Attachment, GoldenPayloadsOfBothSchemas) {
  EXPECT_EQ(base::ToHex(GoodReport().SerializeAsString()),
            base::ToHex(GoldenHex("report-1-payload.hex")));
  const std::string payload = Attached(GoodAttachment()).SerializeAsString();
  EXPECT_EQ(base::ToHex(payload), base::ToHex(GoldenHex("report-2-payload.hex")));
  ReadRecord read = ReadPayload(v1::REPORT, 2, GoldenHex("report-2-payload.hex"));
  ASSERT_TRUE(std::holds_alternative<v1::Report>(read.record));
  EXPECT_THAT(Messages(Check(std::get<v1::Report>(read.record))), IsEmpty());
}

}  // namespace
}  // namespace entente::meaning
