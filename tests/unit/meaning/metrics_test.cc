#include "node/meaning/state/metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/record/summary.h"
#include "node/meaning/text/words.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Section MakeSection(const std::string& name, const std::string& text) {
  v1::Section section;
  section.set_name(name);
  *section.mutable_text() = MakeText("en", text);
  return section;
}

SlotState In(ReportState state) {
  SlotState slot;
  slot.state = state;
  return slot;
}

TEST(CountRound, ReportedIsSubmittedToAccepted) {
  RoundFigures figures =
      CountRound({In(ReportState::kNone), In(ReportState::kSubmitted), In(ReportState::kReceived),
                  In(ReportState::kAccepted), In(ReportState::kClarificationRequested),
                  In(ReportState::kWithdrawn), In(ReportState::kNotCounted)});
  EXPECT_EQ(figures.expected, 7u);
  EXPECT_EQ(figures.reported, 4u);
  EXPECT_EQ(figures.outstanding, 3u);
  EXPECT_EQ(figures.accepted, 1u);
  EXPECT_EQ(figures.open_clarifications, 1u);
}

TEST(CountRound, NilAndConflictCountOnceAsReported) {
  SlotState nil = In(ReportState::kSubmitted), conflict = In(ReportState::kSubmitted);
  nil.nil = true;
  conflict.conflict = true;
  RoundFigures figures = CountRound({nil, conflict});
  EXPECT_EQ(figures.reported, 2u);
  EXPECT_EQ(figures.nil, 1u);
  EXPECT_EQ(figures.conflict, 1u);
}

TEST(CountRound, AWithdrawnNilIsNoNil) {
  SlotState slot = In(ReportState::kWithdrawn);
  slot.nil = true;
  EXPECT_EQ(CountRound({slot}).nil, 0u);
}

TEST(CountRound, OnTimeIsWhatTheRegisterReceivedInTime) {
  SlotState slot = In(ReportState::kReceived);
  slot.deadline_ms = 1000;
  slot.first_signed_ms = 900;
  slot.first_received_ms = 1000;  // the first millisecond after the deadline
  RoundFigures figures = CountRound({slot});
  EXPECT_EQ(figures.on_time, 0u);
  EXPECT_EQ(figures.late, 1u);
  EXPECT_EQ(figures.signed_on_time, 1u);
  slot.deadline_ms = 1001;  // an extension turns it
  figures = CountRound({slot});
  EXPECT_EQ(figures.on_time, 1u);
  EXPECT_EQ(figures.late, 0u);
}

TEST(CountRound, WithoutARegisterOnTimeIsNotKnown) {
  SlotState slot = In(ReportState::kSubmitted);
  slot.deadline_ms = 1000;
  slot.first_signed_ms = 900;
  RoundFigures figures = CountRound({slot});
  EXPECT_FALSE(figures.on_time_known);
  EXPECT_EQ(figures.not_received, 1u);
  EXPECT_EQ(figures.on_time + figures.late, 0u);
}

TEST(FormatRate, OneDecimalAndADashForNothingExpected) {
  EXPECT_EQ(FormatRate(3, 5), "60.0");
  EXPECT_EQ(FormatRate(0, 5), "0.0");
  EXPECT_EQ(FormatRate(1, 3), "33.3");
  EXPECT_EQ(FormatRate(2, 3), "66.7");
  EXPECT_EQ(FormatRate(5, 5), "100.0");
  EXPECT_EQ(FormatRate(1, 16), "6.3");  // halves up, also where binary halves would go to the even
  EXPECT_EQ(FormatRate(0, 0), "–");
}

TEST(DeadlineMs, IsTheEndOfTheDayPlusGrace) {
  EXPECT_EQ(DeadlineMs("1970-01-01", "", 0), 86'400'000);
  EXPECT_EQ(DeadlineMs("1970-01-01", "+01:00", 1), 2 * 86'400'000 - 3'600'000);
  EXPECT_FALSE(DeadlineMs("", "", 0));
}

AskedCodes List(std::initializer_list<const char*> codes) {
  return AskedCodes(codes.begin(), codes.end());
}

TEST(Completeness, MissingWithAReasonCountsAsAnswered) {
  const AskedCodes sections = List({"obstacles"}), indicators = List({"OST-CLIENTS"});
  v1::Report report = GoodReport();
  Completeness found = CompletenessOf(report, sections, indicators);
  EXPECT_EQ(found.answered, 0u);
  EXPECT_EQ(found.asked, 2u);
  EXPECT_THAT(found.missing, ElementsAre("section.obstacles", "values[OST-CLIENTS]"));
  v1::IndicatorValue* value = report.add_values();
  value->set_indicator("OST-CLIENTS");
  value->set_status("L");
  *report.add_sections() = MakeSection("obstacles", "No budget");
  found = CompletenessOf(report, sections, indicators);
  EXPECT_EQ(found.answered, 2u);
  EXPECT_THAT(found.missing, IsEmpty());
}

TEST(Completeness, ASectionOfBlanksSaysNothingAndWhatNobodyAskedForIsNotCounted) {
  v1::Report report = GoodReport();
  *report.add_sections() = MakeSection("obstacles", " \n");
  *report.add_sections() = MakeSection("good_practice", "Mobile teams");
  const Completeness found = CompletenessOf(report, List({"obstacles"}), List({}));
  EXPECT_EQ(found.answered, 0u);
  EXPECT_EQ(found.asked, 1u);
}

TEST(Completeness, WhatIsListedTwiceIsAskedForOnceAndNilAnswersEverything) {
  v1::Report report = GoodReport();
  const AskedCodes sections = List({"next_steps", "next_steps"}),
                   indicators = List({"A-1", "B-1", "A-1"});
  EXPECT_EQ(CompletenessOf(report, sections, indicators).asked, 3u);
  report.set_nil_reason("Nothing was done");
  const Completeness found = CompletenessOf(report, sections, indicators);
  EXPECT_EQ(found.answered, 3u);
  EXPECT_THAT(found.missing, IsEmpty());
}

// Tables read the summary, the reader of one report its payload: they may not differ.
TEST(Completeness, OfTheSummaryIsThatOfTheReport) {
  v1::Report report = GoodReport();
  *report.add_sections() = MakeSection("good_practice", "Mobile teams");
  *report.add_sections() = MakeSection("achievements", "Ten regions");
  for (const char* code : {"B-1", "A-1", "B-1"}) report.add_values()->set_indicator(code);
  std::string bytes;
  Summarise(report, bytes);
  v1::ReportSummary summary;
  ASSERT_TRUE(summary.ParseFromString(bytes));
  const AskedCodes indicators = List({"A-1", "B-1", "C-1"});
  for (const std::string& section : SectionNames()) {
    AskedCodes sections;
    *sections.Add() = section;
    const Completeness of_report = CompletenessOf(report, sections, indicators);
    const AskedParts asked(sections, indicators);
    const Completeness of_summary = asked.Of(summary);
    EXPECT_EQ(of_summary.answered, of_report.answered) << section;
    EXPECT_EQ(of_summary.missing, of_report.missing) << section;
    EXPECT_EQ(asked.AnsweredBy(summary), of_report.answered) << section;
    EXPECT_EQ(asked.size(), of_report.asked) << section;
    EXPECT_EQ(of_report.answered,
              section == "good_practice" || section == "achievements" ? 3u : 2u);
  }
}

TEST(Completeness, IsAskedForByTheRoundAndTheCommitment) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.rounds["MTR-2017"].add_mandatory_sections("obstacles");
  v1::Report report = GoodReport();
  EXPECT_EQ(CompletenessOf(report, catalogue).asked, 2u);
  report.mutable_subject()->set_kind(v1::SUBJECT_CHAPTER);
  report.mutable_subject()->set_code("DDR");
  EXPECT_THAT(CompletenessOf(report, catalogue).missing, ElementsAre("section.obstacles"));
  report.clear_round();
  EXPECT_EQ(CompletenessOf(report, catalogue).asked, 0u);
}

// A value of no known indicator is a fault of the report, and answers nothing that was asked.
TEST(Completeness, WhatIsNoCodeIsNoAnswer) {
  v1::Report report = GoodReport();
  report.add_values()->set_indicator("A-1 B-1");
  EXPECT_EQ(CompletenessOf(report, List({}), List({"A-1", "B-1"})).answered, 0u);
}

TEST(CountRound, AddsUpTheCompletenessOfWhatIsReported) {
  SlotState reported, withdrawn;
  reported.state = ReportState::kSubmitted;
  withdrawn.state = ReportState::kWithdrawn;
  for (SlotState* slot : {&reported, &withdrawn}) {
    slot->answered = 7;
    slot->asked = 9;
  }
  const RoundFigures figures = CountRound({reported, withdrawn, reported});
  EXPECT_EQ(figures.answered, 14u);
  EXPECT_EQ(figures.asked, 18u);
}

TEST(TotalOf, AddsOnlyWhatMayBeAddedAndCountsTheRest) {
  v1::IndicatorValue a = GoodValue(), b = GoodValue(), c = GoodValue();
  a.set_value("11000");
  a.set_status("E");
  b.set_value("4000");
  c.clear_value();
  IndicatorTotal total = TotalOf({a, b, c}, "sum");
  EXPECT_EQ(total.total->Print(), "15000");
  EXPECT_EQ(total.answered, 2u);
  EXPECT_EQ(total.estimated, 1u);
  EXPECT_EQ(total.missing, 1u);
  EXPECT_FALSE(TotalOf({a, b}, "none").total);
}

}  // namespace
}  // namespace entente::meaning
