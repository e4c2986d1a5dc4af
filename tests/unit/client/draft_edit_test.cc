#include "client/draft/draft_edit.h"

#include <gtest/gtest.h>

#include "client/base/errors.h"

namespace entente::client {
namespace {

TEST(DraftEdit, PairsAndAssignmentsMix) {
  auto fields =
      ParseAssignments({"implementation", "in_progress", "assessment=on_track", "reason=a=b"});
  ASSERT_TRUE(fields.ok());
  ASSERT_EQ(fields->size(), 3u);
  EXPECT_EQ((*fields)[0].value, "in_progress");
  EXPECT_EQ((*fields)[2].value, "a=b");
  EXPECT_EQ(ExitOf(ParseAssignments({"narrative"}).status()), Exit::kUsage);
}

TEST(DraftEdit, AnUnknownStatusNamesTheNearest) {
  v1::Report report;
  absl::Status status = SetField(report, {"implementation", "in_progres"});
  EXPECT_EQ(ExitOf(status), Exit::kRefused);
  EXPECT_NE(status.message().find("in_progress"), absl::string_view::npos);
  EXPECT_EQ(report.implementation(), v1::IMPLEMENTATION_UNSPECIFIED);
  EXPECT_EQ(std::string(SetField(report, {"implementation", "ongoing"}).message()),
            "E-STATUS implementation: \"ongoing\" is not a status; did you mean in_progress?");
}

TEST(DraftEdit, AnUnknownFieldIsAUsageError) {
  v1::Report report;
  EXPECT_EQ(ExitOf(SetField(report, {"narative", "x"})), Exit::kUsage);
}

TEST(DraftEdit, NarrativeIsStoredInNfcUnderItsLanguage) {
  v1::Report report;
  report.mutable_common()->set_lang("ru");
  ASSERT_TRUE(SetField(report, {"narrative", "\xd0\xb8\xcc\x86 text\r\n"}).ok());  // и + breve
  ASSERT_TRUE(SetField(report, {"narrative.en", "text"}).ok());
  ASSERT_EQ(report.narratives_size(), 2);
  EXPECT_EQ(report.narratives(0).lang(), "ru");
  EXPECT_EQ(report.narratives(0).text(), "\xd0\xb9 text");
  ASSERT_TRUE(SetField(report, {"narrative.en", ""}).ok());
  EXPECT_EQ(report.narratives_size(), 1);
}

TEST(DraftEdit, PeriodsAreWrittenCanonically) {
  v1::Report report;
  ASSERT_TRUE(SetField(report, {"period", "Q3 2017"}).ok());
  EXPECT_EQ(report.period(), "2017-Q3");
  EXPECT_EQ(ExitOf(SetField(report, {"period", "soon"})), Exit::kRefused);
}

TEST(DraftEdit, AMilestoneReadsDateAndDone) {
  v1::Report report;
  ASSERT_TRUE(SetField(report, {"milestone", "2017-06-30 done Law adopted"}).ok());
  EXPECT_EQ(report.milestones(0).date(), "2017-06-30");
  EXPECT_TRUE(report.milestones(0).done());
  EXPECT_EQ(report.milestones(0).text(), "Law adopted");
}

TEST(DraftEdit, AWrongDateOfAMilestoneIsRefusedAndNeverText) {
  v1::Report report;
  for (const char* words : {"2017-02-30 done Order 12", "30.06.2017 done Order 12", "2017-13 x",
                            "6/2017 x", "30.6.17: x", "2017-02-30"}) {
    const absl::Status status = SetField(report, {"milestone", words});
    EXPECT_EQ(ExitOf(status), Exit::kRefused) << words;
    EXPECT_NE(status.message().find("write 2017-06-30"), absl::string_view::npos) << status;
  }
  EXPECT_EQ(report.milestones_size(), 0);
  for (const char* words : {"13770/17 is adopted", "3.5 million", "2017 done x", "12 regions"})
    EXPECT_TRUE(SetField(report, {"milestone", words}).ok()) << words;
}

v1::Draft Asked(const std::vector<std::string>& parts) {
  v1::Draft draft;
  draft.mutable_report()->mutable_common()->set_lang("en");
  for (const std::string& part : parts) draft.add_questions()->set_field(part);
  return draft;
}

std::vector<std::string> Settled(const v1::Draft& draft) {
  std::vector<std::string> parts;
  for (const auto& question : draft.questions()) {
    if (question.severity() == "settled") parts.push_back(question.field());
  }
  return parts;
}

TEST(DraftEdit, SettingAPartToNothingSettlesTheQuestionAboutIt) {
  using Parts = std::vector<std::string>;
  v1::Draft draft = Asked({"milestones", "sections[obstacles en]", "narratives[ru]", "assessment"});
  ASSERT_TRUE(SetInDraft(draft, {"milestone", ""}).ok());
  ASSERT_TRUE(SetInDraft(draft, {"section.obstacles", ""}).ok());
  EXPECT_EQ(Settled(draft), (Parts{"milestones", "sections[obstacles en]"}));
  draft = Asked({"values[A 2016]", "values[A 2016 sex=F]", "values[B 2016]"});
  ValueWords words;
  words.indicator = "A";
  words.period = "2016";
  words.remove = true;
  ASSERT_TRUE(SetValueInDraft(draft, words).ok());
  EXPECT_EQ(Settled(draft), (Parts{"values[A 2016]"}));
  ASSERT_TRUE(SetInDraft(draft, {"values", ""}).ok());
  EXPECT_EQ(Settled(draft).size(), 3u);
  words.indicator = "C";
  EXPECT_EQ(ExitOf(SetValueInDraft(draft, words)), Exit::kNotFound);
}

TEST(DraftEdit, AMalformedNumberIsRefusedWithTheLikelyOne) {
  v1::Report report;
  ValueWords words{"OST-CLIENTS", "2016", "1 234,5", {}, "", "", "", "", "", "", "", false, false};
  absl::Status status = SetValue(report, words);
  EXPECT_EQ(ExitOf(status), Exit::kRefused);
  EXPECT_NE(status.message().find("write 1234.5"), absl::string_view::npos) << status.message();
  EXPECT_EQ(report.values_size(), 0);
}

TEST(DraftEdit, TheSameValueAgainReplacesAndRemoveTakesItOut) {
  v1::Report report;
  ValueWords words;
  words.indicator = "OST-CLIENTS";
  words.period = "2016";
  words.value = "430";
  words.dims = {"setting=prison", "sex=T"};
  ASSERT_TRUE(SetValue(report, words).ok());
  words.value = "431";
  words.dims = {"sex=T", "setting=prison"};
  ASSERT_TRUE(SetValue(report, words).ok());
  ASSERT_EQ(report.values_size(), 1);
  EXPECT_EQ(report.values(0).value(), "431");
  EXPECT_EQ(report.values(0).dims(0).name(), "setting");  // ascending by name: "setting" < "sex"
  words.remove = true;
  ASSERT_TRUE(SetValue(report, words).ok());
  EXPECT_EQ(report.values_size(), 0);
  EXPECT_EQ(ExitOf(SetValue(report, words)), Exit::kNotFound);
}

}  // namespace
}  // namespace entente::client
