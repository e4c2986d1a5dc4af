// Reports through CSV and back: the same bytes, whatever their texts begin with.
#include "client/sheet/report_sheet.h"

#include "client/base/render.h"
#include "gmock/gmock.h"
#include "node/meaning/record/normalise.h"
#include "tests/bench/random.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;

std::string CsvOf(const std::vector<SheetReport>& reports) {
  std::string out = SheetHeader(ReportColumns());
  for (const SheetReport& report : reports) {
    for (const SheetCells& cells : ReportRows(report)) out += SheetLine(ReportColumns(), cells);
  }
  return out;
}

v1::Report Sample() {
  v1::Report report;
  v1::Common& common = *report.mutable_common();
  common.set_delegation("KG");
  common.set_lang("ru");
  common.set_classification(v1::PUBLIC);
  common.add_doc_refs("13770/17");
  common.add_doc_refs("CM 4388/17");
  common.add_supersedes(std::string(32, '\x01'));
  common.add_cites(std::string(32, '\x02'));
  report.set_round("MTR-2017");
  report.mutable_subject()->set_kind(v1::SUBJECT_COMMITMENT);
  report.mutable_subject()->set_code("DDR/08");
  report.set_period("2016");
  report.set_implementation(v1::IN_PROGRESS);
  report.set_assessment(v1::AT_RISK);
  report.set_reason("a, \"reason\"");
  report.set_answers(std::string(32, '\x03'));
  auto* narrative = report.add_narratives();
  narrative->set_lang("ru");
  narrative->set_text("Её «терапия»: йод 🙂\nвторая строка");
  auto* section = report.add_sections();
  section->set_name("obstacles");
  section->mutable_text()->set_lang("kk");
  section->mutable_text()->set_text("=HYPERLINK(\"x\")");
  auto* milestone = report.add_milestones();
  milestone->set_text("-first step");
  milestone->set_date("2016-03-01");
  milestone->set_done(true);
  auto* value = report.add_values();
  value->set_indicator("OST-CLIENTS");
  value->set_period("2016");
  value->set_value("-12.50");
  value->set_status("E");
  value->set_unit("person");
  value->set_trend(v1::TREND_DOWN);
  value->set_approximate(true);
  value->set_ref_area("KG-B");
  value->set_source("'quoted'");
  value->set_method("+method");
  value->set_note("@note");
  for (const char* name : {"setting", "sex"}) {
    auto* dim = value->add_dims();
    dim->set_name(name);
    dim->set_code("T");
  }
  auto* attachment = report.add_attachments();
  attachment->set_name("order.pdf");
  attachment->set_media_type("application/pdf");
  attachment->set_size(61);
  attachment->set_sha256(std::string(32, '\x04'));
  attachment->set_root(std::string(32, '\x05'));
  attachment->set_lang("ru");
  attachment->set_title("Приказ");
  attachment->set_kind("law_text");
  return report;
}

SheetReport Named(v1::Report report) {
  SheetReport out;
  out.reference = "R:EUCA-2014/MTR-2017/KG/DDR/08";
  out.state = "current";
  out.entry = "2afb25f0";
  out.report = std::move(report);
  return out;
}

void ExpectSameBack(const std::string& csv, const std::vector<SheetReport>& reports) {
  const auto back = ReportsOfCsv(meaning::ReadCsv(csv));
  ASSERT_TRUE(back.faults.empty()) << back.faults[0].text;
  ASSERT_EQ(back.reports.size(), reports.size());
  for (size_t n = 0; n < reports.size(); ++n) {
    EXPECT_EQ(back.reports[n].report.DebugString(), reports[n].report.DebugString());
    EXPECT_EQ(back.reports[n].report.SerializeAsString(), reports[n].report.SerializeAsString());
    EXPECT_EQ(back.reports[n].reference, reports[n].reference);
  }
}

TEST(ReportSheet, EveryFieldComesBack) {
  const std::vector<SheetReport> reports = {Named(Sample()), Named(Sample())};
  ExpectSameBack(CsvOf(reports), reports);
  ExpectSameBack("\xEF\xBB\xBF" + CsvOf(reports), reports);  // as Excel wants it
}

// A field that is added to the report must go into the sheet; this sample sets all there are. A
// second signature is about what the others say, and is not exported with them.
TEST(ReportSheet, TheSampleHasEveryFieldButNil) {
  const v1::Report report = Sample();
  const auto* type = report.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (field->name() == "nil_reason" || field->name() == "cleared_by") continue;
    const bool set = field->is_repeated() ? report.GetReflection()->FieldSize(report, field) > 0
                                          : report.GetReflection()->HasField(report, field);
    EXPECT_TRUE(set) << field->name();
  }
}

TEST(ReportSheet, ANilReportComesBack) {
  v1::Report report;
  report.mutable_common()->set_delegation("KG");
  report.mutable_subject()->set_kind(v1::SUBJECT_INSTRUMENT);
  report.set_nil_reason("nothing was discussed");
  ExpectSameBack(CsvOf({Named(report)}), {Named(report)});
}

TEST(ReportSheet, WhateverATextBeginsWithItIsNoFormulaAndComesBack) {
  const uint64_t seed = testing::UnitTest::GetInstance()->random_seed() + 1;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  bench::Random random(seed);
  const std::string alphabet = "=+-@\t'\"\n,; aё";
  for (int round = 0; round < 300; ++round) {
    v1::Report report = Sample();
    std::string text;
    for (uint64_t n = random.Below(6); n > 0; --n)
      text += alphabet[random.Below(alphabet.size() - 2)];
    report.mutable_narratives(0)->set_text(text);
    const std::string csv = CsvOf({Named(report)});
    ExpectSameBack(csv, {Named(report)});
    for (const meaning::CsvRow& row : meaning::ReadCsv(csv).rows) {
      for (size_t c = 0; c < row.cells.size(); ++c) {
        if (ReportColumns()[c].number || row.cells[c].empty()) continue;
        EXPECT_EQ(std::string("=+-@\t").find(row.cells[c][0]), std::string::npos) << row.cells[c];
      }
    }
  }
}

TEST(ReportSheet, TypedInDecomposedItIsStoredComposed) {
  v1::Report typed = Sample(), stored = Sample();
  typed.mutable_narratives(0)->set_text("\u0438\u0306\u043e\u0434");
  stored.mutable_narratives(0)->set_text("йод");
  const auto back = ReportsOfCsv(meaning::ReadCsv(CsvOf({Named(typed)})));
  ASSERT_TRUE(back.faults.empty());
  v1::Report normal = back.reports[0].report;
  meaning::NormaliseReport(normal);
  EXPECT_EQ(normal.narratives(0).text(), stored.narratives(0).text());
}

// "line 3: ..." of every row that is wrong, one after the other.
std::string Faults(const std::string& csv) {
  std::string out;
  for (const SheetFault& one : ReportsOfCsv(meaning::ReadCsv(csv)).faults)
    absl::StrAppend(&out, out.empty() ? "" : "\n", "line ", one.line, ": ", one.text);
  return out;
}

TEST(ReportSheet, EveryRowThatIsWrongIsNamed) {
  EXPECT_EQ(Faults("part,subject_kind,implementation\r\n"
                   "report,commitment,in_progres\r\n"
                   "report,commitment,completed\r\n"
                   "values,,\r\n"
                   "narrative,,,\r\n"),
            "line 2: implementation: \"in_progres\" is not understood; did you mean in_progress?\n"
            "line 4: part: \"values\" is not understood; known: report narrative section milestone "
            "value attachment\n"
            "line 5: 4 cells under 3 columns; a comma inside a text needs quotes around the cell");
}

TEST(ReportSheet, CellsPartedByOtherMarksAreSaidToBe) {
  EXPECT_THAT(Faults("part;text\r\n\"report\";\"x\"\r\n"), HasSubstr("parted by semicolons"));
  EXPECT_THAT(Faults("part\ttext\r\nreport\tx\r\n"), HasSubstr("parted by tabs"));
  EXPECT_THAT(Faults("\xFF\xFEp\0a\0"), HasSubstr("UTF-16"));
}

TEST(ReportSheet, MistakesNameTheirLineAndColumn) {
  EXPECT_THAT(Faults(""), HasSubstr("empty"));
  EXPECT_THAT(Faults("part,delegaton\r\n"), HasSubstr("did you mean delegation?"));
  EXPECT_THAT(Faults("part,text\r\nnarrative,x\r\n"), HasSubstr("line 2"));
  EXPECT_THAT(Faults("part,subject_kind\r\nreport,\r\n"), HasSubstr("subject_kind"));
  EXPECT_THAT(Faults("part,subject_kind,implementation\r\nreport,commitment,in_progres\r\n"),
              HasSubstr("did you mean in_progress?"));
  EXPECT_THAT(Faults("part,subject_kind\r\nreport,chapter\r\nvalues,\r\n"),
              HasSubstr("line 3: part: \"values\""));
  EXPECT_THAT(Faults("part,subject_kind,supersedes\r\nreport,chapter,zz\r\n"), HasSubstr("hex"));
  EXPECT_THAT(Faults("part,text\r\nreport,\"no end\r\n"), HasSubstr("line "));
}

// What is not read must not go unsaid: the draft would say less than the file.
TEST(ReportSheet, NoCellIsPassedOver) {
  const std::string head = "part,subject_kind,text\r\nreport,chapter,\r\n";
  EXPECT_EQ(Faults(head + "narrative,,all of it\r\n"), "");
  EXPECT_THAT(Faults(head + "narrative,,first, second\r\n"),
              HasSubstr("line 3: 4 cells under 3 columns; a comma inside a text needs quotes"));
  EXPECT_THAT(Faults(head + "narrative,\r\n"), HasSubstr("line 3: 2 cells under 3 columns"));
  EXPECT_THAT(Faults("part,text,text\r\nreport,a,b\r\n"), HasSubstr("\"text\" stands twice"));
}

}  // namespace
}  // namespace entente::client
