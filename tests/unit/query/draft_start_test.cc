// What a draft that merges versions begins with.
#include "node/query/draft/draft_start.h"

#include "gmock/gmock.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

void AddValue(v1::Report& report, const std::string& indicator, const std::string& number) {
  v1::IndicatorValue* value = report.add_values();
  value->set_indicator(indicator);
  value->set_period("2016");
  value->set_value(number);
}

void AddSection(v1::Report& report, const std::string& name, const std::string& text) {
  v1::Section* section = report.add_sections();
  section->set_name(name);
  section->mutable_text()->set_lang("en");
  section->mutable_text()->set_text(text);
}

TEST(MergeReports, WhatBothVersionsSayIsKeptAndOnlyTheRestIsAsked) {
  v1::Report a, b;
  for (v1::Report* report : {&a, &b}) {
    AddValue(*report, "SAME", "1");
    AddSection(*report, "achievements", "both");
    report->add_milestones()->set_text("both");
  }
  AddValue(a, "DIFFERS", "2");
  AddValue(b, "DIFFERS", "3");
  AddSection(a, "obstacles", "a");
  b.add_milestones()->set_text("b");
  const DraftStart start = MergeReports(nullptr, {a, b});
  ASSERT_EQ(start.report.values_size(), 1);
  EXPECT_EQ(start.report.values(0).indicator(), "SAME");
  ASSERT_EQ(start.report.sections_size(), 1);
  ASSERT_EQ(start.report.milestones_size(), 1);
  EXPECT_EQ(start.report.milestones(0).text(), "both");
  EXPECT_THAT(start.questions,
              UnorderedElementsAre("values[DIFFERS 2016]", "sections[obstacles en]", "milestones"));
}

// Which version comes first is as their entries' ids fall.
TEST(MergeReports, WhatIsAskedStandsInTheOrderOfTheFieldsWhicheverVersionHasIt) {
  v1::Report a, b;
  a.set_implementation(v1::IN_PROGRESS);
  b.set_implementation(v1::COMPLETED);
  a.set_assessment(v1::ON_TRACK);
  AddSection(a, "obstacles", "a");
  AddSection(b, "obstacles", "b");
  AddValue(b, "ONE", "1");
  for (const auto& heads : {std::vector<v1::Report>{a, b}, std::vector<v1::Report>{b, a}}) {
    EXPECT_THAT(
        MergeReports(nullptr, heads).questions,
        ElementsAre("implementation", "assessment", "sections[obstacles en]", "values[ONE 2016]"));
  }
}

TEST(MergeReports, SinceTheCommonVersionEachElementIsTakenFromWhoeverChangedIt) {
  v1::Report base, a, b;
  AddValue(base, "ONE", "1");
  AddValue(base, "TWO", "2");
  AddValue(a, "ONE", "10");
  AddValue(a, "TWO", "2");
  AddValue(b, "ONE", "1");  // and TWO is taken out
  AddValue(b, "THREE", "3");
  const DraftStart start = MergeReports(&base, {a, b});
  EXPECT_THAT(start.questions, IsEmpty());
  ASSERT_EQ(start.report.values_size(), 2);
  EXPECT_EQ(start.report.values(0).value(), "10");
  EXPECT_EQ(start.report.values(1).indicator(), "THREE");
}

TEST(MergeReports, APartIsFoundByTheNameOfItsQuestion) {
  v1::Report report;
  AddValue(report, "ONE", "1");
  EXPECT_FALSE(PartOf(report, "values[ONE 2016]").empty());
  EXPECT_FALSE(PartOf(report, "values").empty());
  EXPECT_EQ(PartOf(report, "values[TWO 2016]"), "");
  EXPECT_EQ(PartOf(report, "milestones"), "");
}

}  // namespace
}  // namespace entente::query
