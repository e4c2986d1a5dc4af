#include "node/meaning/state/metrics.h"

#include "gtest/gtest.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

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

TEST(Completeness, MissingWithAReasonCountsAsAnswered) {
  v1::Round round = GoodRound();
  round.add_mandatory_sections("obstacles");
  v1::Report report = GoodReport();
  EXPECT_EQ(CompletenessOf(report, round, {"OST-CLIENTS"}).answered, 0u);
  EXPECT_EQ(CompletenessOf(report, round, {"OST-CLIENTS"}).asked, 2u);
  v1::IndicatorValue* value = report.add_values();
  value->set_indicator("OST-CLIENTS");
  value->set_status("L");
  report.add_sections()->set_name("obstacles");
  EXPECT_EQ(CompletenessOf(report, round, {"OST-CLIENTS"}).answered, 2u);
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
