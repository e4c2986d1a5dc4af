// Every rule of a report and its withdrawal: one case that breaks it and one that just does not.
#include "entente/v1/payload.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/rules/validate.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// 2017-09-01T00:00:00Z, before the sample round's deadline.
constexpr uint64_t kBefore = 1'504'224'000'000;
constexpr uint64_t kDayMs = 86'400'000;

std::vector<Finding> Check(const v1::Report& report, Moment moment = Moment::kDraft,
                           uint64_t now_ms = kBefore) {
  return CheckReport(report, GoodCatalogue(), moment, now_ms);
}

TEST(ReportRules, AGoodReportHasNoFindings) {
  EXPECT_THAT(Messages(Check(GoodReport())), IsEmpty());
  EXPECT_THAT(Messages(Check(GoodReport(), Moment::kLog, 0)), IsEmpty());
}

TEST(ReportRules, MessagesHaveOneForm) {
  v1::Report report = GoodReport();
  report.mutable_common()->set_delegation("KZT");
  EXPECT_EQ(Get(Check(report), "E-DELEG").message,
            "E-DELEG delegation: \"KZT\" is not registered for EUCA-2014; did you mean KZ?");
}

TEST(ReportRules, UnknownDelegationIsRefusedInADraftAndHeldInTheLog) {
  v1::Report report = GoodReport();
  report.mutable_common()->set_delegation("KZT");
  EXPECT_EQ(Get(Check(report), "E-DELEG").severity, Severity::kRefuse);
  EXPECT_EQ(Get(Check(report, Moment::kLog, 0), "E-DELEG").severity, Severity::kHold);
  report.mutable_common()->set_delegation("KZ");
  EXPECT_FALSE(Has(Check(report), "E-DELEG"));
}

TEST(ReportRules, TheGroupEuIsNoAuthor) {
  v1::Report report = GoodReport();
  report.mutable_common()->set_delegation("EU");
  EXPECT_EQ(Get(Check(report), "E-DELEG-EU").severity, Severity::kRefuse);
  report.mutable_common()->set_delegation("EU-COM");
  EXPECT_FALSE(Has(Check(report), "E-DELEG-EU"));
}

TEST(ReportRules, WhatIsNotHereYetIsHeldAndNotRefused) {
  v1::Report report = GoodReport();
  report.mutable_subject()->set_code("DDR/80");
  Finding finding = Get(Check(report), "E-REF");
  EXPECT_EQ(finding.severity, Severity::kHold);
  EXPECT_THAT(finding.message, HasSubstr("EUCA-2014/DDR/80"));
  EXPECT_THAT(finding.message, HasSubstr("did you mean DDR/08?"));
  report = GoodReport();
  report.set_round("MTR-2018");
  EXPECT_EQ(Get(Check(report), "E-REF").field, "round");
  EXPECT_FALSE(Has(Check(GoodReport()), "E-REF"));
}

TEST(ReportRules, ACodeOfAnotherInstrumentIsRefused) {
  v1::Report report = GoodReport();
  report.mutable_subject()->set_code("PP-2012/II/01");
  EXPECT_EQ(Get(Check(report), "E-REF-ANCHOR").severity, Severity::kRefuse);
  report.mutable_subject()->set_code("II/01");
  EXPECT_FALSE(Has(Check(report), "E-REF-ANCHOR"));
}

TEST(ReportRules, ASubjectIsACommitmentAChapterOrTheWhole) {
  v1::Report report = GoodReport();
  report.mutable_subject()->set_code("DDR");
  EXPECT_EQ(Get(Check(report), "E-CODE").field, "subject");
  report.mutable_subject()->set_kind(v1::SUBJECT_CHAPTER);
  EXPECT_FALSE(Has(Check(report), "E-CODE"));
  report.mutable_subject()->set_kind(v1::SUBJECT_INSTRUMENT);
  EXPECT_TRUE(Has(Check(report), "E-CODE"));
  report.mutable_subject()->clear_code();
  EXPECT_FALSE(Has(Check(report), "E-CODE"));
}

TEST(ReportRules, OutOfScopeIsRefusedInADraftAndFlaggedInTheLog) {
  v1::Report report = GoodReport();
  report.mutable_subject()->set_code("DSR/01");
  EXPECT_EQ(Get(Check(report), "E-SCOPE").severity, Severity::kRefuse);
  EXPECT_EQ(Get(Check(report, Moment::kSubmit), "E-SCOPE").severity, Severity::kRefuse);
  EXPECT_EQ(Get(Check(report, Moment::kLog, 0), "E-SCOPE").severity, Severity::kFlag);
  EXPECT_FALSE(Has(Check(GoodReport()), "E-SCOPE"));
}

TEST(ReportRules, ThePeriodIsCanonicalAndInOrder) {
  v1::Report report = GoodReport();
  report.set_period("Q3 2017");
  EXPECT_EQ(Get(Check(report), "E-PERIOD-FMT").message,
            "E-PERIOD-FMT period: \"Q3 2017\" not understood; write 2017-Q3");
  report.set_period("2017-10-12/2017-01-01");
  EXPECT_EQ(Get(Check(report), "E-PERIOD-ORDER").message,
            "E-PERIOD-ORDER period: 2017-10-12/2017-01-01 ends before it starts; write the earlier "
            "date first");
  report.set_period("2017-Q3");
  EXPECT_THAT(Messages(Check(report)), IsEmpty());
}

TEST(ReportRules, AReportWithoutARoundNeedsAPeriod) {
  v1::Report report = GoodReport();
  report.clear_round();
  EXPECT_TRUE(Has(Check(report), "E-PERIOD-FMT"));
  report.set_period("2017-Q3");
  EXPECT_FALSE(Has(Check(report), "E-PERIOD-FMT"));
}

TEST(ReportRules, ThePeriodLiesWithinTheRound) {
  v1::Report report = GoodReport();
  report.set_period("2013");
  EXPECT_EQ(Get(Check(report), "E-PERIOD-ROUND").severity, Severity::kRefuse);
  EXPECT_EQ(Get(Check(report, Moment::kLog, 0), "E-PERIOD-ROUND").severity, Severity::kFlag);
  report.set_period("2014");
  EXPECT_FALSE(Has(Check(report), "E-PERIOD-ROUND"));
}

TEST(ReportRules, AStatusIsOneOfTheList) {
  v1::Report report = GoodReport();
  report.set_implementation(static_cast<v1::Implementation>(17));
  EXPECT_EQ(Get(Check(report), "E-STATUS").field, "implementation");
  report.set_implementation(v1::NOT_STARTED);
  EXPECT_FALSE(Has(Check(report), "E-STATUS"));
}

TEST(ReportRules, AnAssessmentGoesOnlyWithWorkAhead) {
  v1::Report report = GoodReport();
  report.set_implementation(v1::COMPLETED);
  EXPECT_EQ(Get(Check(report), "E-STATUS-PAIR").field, "assessment");
  report.clear_assessment();
  EXPECT_FALSE(Has(Check(report), "E-STATUS-PAIR"));
}

TEST(ReportRules, DiscontinuedAndNotApplicableSayWhy) {
  v1::Report report = GoodReport();
  report.clear_assessment();
  report.set_implementation(v1::NOT_APPLICABLE);
  EXPECT_EQ(Get(Check(report), "E-STATUS-PAIR").field, "reason");
  report.set_reason("No such programme here");
  EXPECT_FALSE(Has(Check(report), "E-STATUS-PAIR"));
}

TEST(ReportRules, GoingBackFromCompletedNeedsANote) {
  MemoryCatalogue catalogue = GoodCatalogue();
  v1::Report before = GoodReport();
  before.set_implementation(v1::COMPLETED);
  catalogue.reports[EntryNumber(1)] = before;
  auto check = [&](const v1::Report& report) {
    return CheckReport(report, catalogue, Moment::kDraft, kBefore);
  };
  v1::Report report = GoodReport();
  report.mutable_common()->add_supersedes(EntryNumber(1).str());
  EXPECT_EQ(Get(check(report), "W-STATUS-BACK").severity, Severity::kFlag);
  report.set_reason("Reopened after the reform");
  EXPECT_FALSE(Has(check(report), "W-STATUS-BACK"));
}

TEST(ReportRules, ANilReportStatesNothingElse) {
  v1::Report report = GoodReport();
  report.set_nil_reason("Nothing to report");
  EXPECT_TRUE(Has(Check(report), "E-NIL"));
  report.clear_implementation();
  report.clear_assessment();
  report.clear_narratives();
  EXPECT_THAT(Messages(Check(report)), IsEmpty());
}

TEST(ReportRules, AReportSaysSomething) {
  v1::Report report = GoodReport();
  report.clear_narratives();
  EXPECT_EQ(Get(Check(report), "E-EMPTY").field, "narratives");
  report.clear_implementation();
  report.clear_assessment();
  EXPECT_EQ(Get(Check(report), "E-EMPTY").field, "report");
  report = GoodReport();
  report.clear_narratives();
  report.add_milestones()->set_text("Order signed");
  EXPECT_FALSE(Has(Check(report), "E-EMPTY"));
}

TEST(ReportRules, MandatorySectionsAreAskedForWhileDrafting) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.rounds["MTR-2017"].add_mandatory_sections("obstacles");
  catalogue.rounds["MTR-2017"].set_template_name("MTR/1");
  v1::Report report = GoodReport();
  EXPECT_EQ(Get(CheckReport(report, catalogue, Moment::kDraft, kBefore), "E-SECTION").message,
            "E-SECTION obstacles: mandatory in template MTR/1; write the section obstacles");
  EXPECT_FALSE(Has(CheckReport(report, catalogue, Moment::kLog, 0), "E-SECTION"));
  auto* section = report.add_sections();
  section->set_name("obstacles");
  *section->mutable_text() = MakeText("en", "Staff turnover");
  EXPECT_FALSE(Has(CheckReport(report, catalogue, Moment::kDraft, kBefore), "E-SECTION"));
}

TEST(ReportRules, SectionsAreOfTheList) {
  v1::Report report = GoodReport();
  auto* section = report.add_sections();
  section->set_name("obstacle");
  *section->mutable_text() = MakeText("en", "Staff turnover");
  EXPECT_THAT(Get(Check(report), "E-WORD").message, HasSubstr("did you mean obstacles?"));
  section->set_name("obstacles");
  EXPECT_FALSE(Has(Check(report), "E-WORD"));
}

TEST(ReportRules, AMilestonesDateIsADate) {
  v1::Report report = GoodReport();
  report.add_milestones()->set_date("2017-02-29");
  EXPECT_EQ(Get(Check(report), "E-DATE").field, "milestones[1].date");
  report.mutable_milestones(0)->set_date("2016-02-29");
  EXPECT_FALSE(Has(Check(report), "E-DATE"));
}

TEST(ReportRules, LateAfterTheEndOfTheDeadlinesDay) {
  uint64_t end = kBefore + 15 * kDayMs;  // 2017-09-16T00:00Z
  EXPECT_FALSE(Has(Check(GoodReport(), Moment::kDraft, end - 1), "W-LATE"));
  Finding late = Get(Check(GoodReport(), Moment::kDraft, end), "W-LATE");
  EXPECT_EQ(late.severity, Severity::kFlag);
  EXPECT_THAT(late.message, HasSubstr("today is 2017-09-16, the deadline was 2017-09-15"));
  EXPECT_FALSE(Has(Check(GoodReport(), Moment::kLog, end), "W-LATE")) << "no clock in the log";
}

TEST(ReportRules, GraceAndZoneMoveTheDeadline) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.rounds["MTR-2017"].set_grace_days(2);
  catalogue.rounds["MTR-2017"].set_zone("+06:00");
  uint64_t end = kBefore + 17 * kDayMs - 6 * 3'600'000;
  EXPECT_FALSE(Has(CheckReport(GoodReport(), catalogue, Moment::kDraft, end - 1), "W-LATE"));
  EXPECT_TRUE(Has(CheckReport(GoodReport(), catalogue, Moment::kDraft, end), "W-LATE"));
}

TEST(ReportRules, EveryStandingVersionIsSuperseded) {
  MemoryCatalogue catalogue = GoodCatalogue();
  std::string slot = "report/MTR-2017/KG/commitment/DDR/08";
  catalogue.heads[slot] = {EntryNumber(1), EntryNumber(2)};
  v1::Report report = GoodReport();
  report.mutable_common()->add_supersedes(EntryNumber(1).str());
  Finding finding = Get(CheckReport(report, catalogue, Moment::kSubmit, kBefore), "E-SUPERSEDE");
  EXPECT_EQ(finding.severity, Severity::kRefuse);
  EXPECT_THAT(finding.message, HasSubstr(EntryNumber(2).Short()));
  EXPECT_FALSE(Has(CheckReport(report, catalogue, Moment::kLog, 0), "E-SUPERSEDE"));
  report.mutable_common()->add_supersedes(EntryNumber(2).str());
  EXPECT_FALSE(Has(CheckReport(report, catalogue, Moment::kSubmit, kBefore), "E-SUPERSEDE"));
}

TEST(ReportRules, OnlyTheSameSlotIsSuperseded) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.slots[EntryNumber(1)] = "report/MTR-2017/KZ/commitment/DDR/08";
  v1::Report report = GoodReport();
  report.mutable_common()->add_supersedes(EntryNumber(1).str());
  EXPECT_EQ(Get(CheckReport(report, catalogue, Moment::kDraft, kBefore), "E-SUPERSEDE").severity,
            Severity::kRefuse);
  catalogue.slots[EntryNumber(1)] = "report/MTR-2017/KG/commitment/DDR/08";
  EXPECT_FALSE(Has(CheckReport(report, catalogue, Moment::kDraft, kBefore), "E-SUPERSEDE"));
}

TEST(ReportRules, DocumentNumbersHaveAForm) {
  v1::Report report = GoodReport();
  report.mutable_common()->add_doc_refs("13770-17");
  EXPECT_THAT(Get(Check(report), "E-DOCREF").message, HasSubstr("the Council form is 13770/17"));
  report.mutable_common()->set_doc_refs(0, "13770/17");
  EXPECT_FALSE(Has(Check(report), "E-DOCREF"));
}

TEST(WithdrawalRules, AGoodOneHasNoFindings) {
  EXPECT_THAT(
      Messages(CheckWithdrawal(GoodWithdrawal(), GoodCatalogue(), Moment::kSubmit, kBefore)),
      IsEmpty());
}

TEST(WithdrawalRules, NeedsAReasonAReportAndItsOwnSlot) {
  auto field = [](const v1::Withdrawal& withdrawal) {
    return Get(CheckWithdrawal(withdrawal, GoodCatalogue(), Moment::kSubmit, kBefore), "E-WITHDRAW")
        .field;
  };
  v1::Withdrawal withdrawal = GoodWithdrawal();
  withdrawal.clear_reason();
  EXPECT_EQ(field(withdrawal), "reason");
  withdrawal = GoodWithdrawal();
  withdrawal.mutable_common()->clear_supersedes();
  EXPECT_EQ(field(withdrawal), "supersedes");
  withdrawal = GoodWithdrawal();
  withdrawal.set_slot("report/MTR-2017/KZ/commitment/DDR/08");
  EXPECT_EQ(field(withdrawal), "slot");
  withdrawal.set_slot("round/MTR-2017");
  EXPECT_EQ(field(withdrawal), "slot");
}

TEST(Clock, FiveMinutesAheadIsTolerated) {
  uint64_t now = kBefore;
  EXPECT_FALSE(CheckClock((now + 300'000) << 16, now));
  auto finding = CheckClock((now + 36'000'000) << 16, now);
  ASSERT_TRUE(finding);
  EXPECT_EQ(finding->message,
            "W-CLOCK authored_at: is 10 h in the future here; check the computer's clock");
  EXPECT_FALSE(CheckClock((now + 36'000'000) << 16, 0)) << "no clock, no verdict";
}

}  // namespace
}  // namespace entente::meaning
