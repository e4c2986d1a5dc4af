// Rules of text: UTF-8 in NFC, length, language tags, scripts.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/record/normalise.h"
#include "node/meaning/rules/validate.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kNow = 1'504'224'000'000;

v1::Report Telling(const std::string& lang, const std::string& text) {
  v1::Report report = GoodReport();
  *report.mutable_narratives(0) = MakeText(lang, text);
  return report;
}

std::vector<Finding> Check(const v1::Report& report) {
  return CheckReport(report, GoodCatalogue(), Moment::kDraft, kNow);
}

TEST(TextRules, TextIsInNfc) {
  v1::Report report = Telling("ru", "Новый кабинет: \xD0\xB8\xCC\x86");  // и + combining breve
  EXPECT_EQ(Get(Check(report), "E-UTF8").field, "narratives[ru].text");
  NormaliseReport(report);
  EXPECT_THAT(Messages(Check(report)), IsEmpty());
  EXPECT_EQ(report.narratives(0).text(), "Новый кабинет: й");
}

TEST(TextRules, ControlCharactersButLineFeedAndTabAreRefused) {
  EXPECT_TRUE(Has(Check(Telling("en", std::string("a\x07", 2) + "b")), "E-UTF8"));
  EXPECT_TRUE(Has(Check(Telling("en", "a\rb")), "E-UTF8"));
  EXPECT_TRUE(Has(Check(Telling("en", "a\xC2\x85 b")), "E-UTF8"));  // next line, a C1 control
  EXPECT_FALSE(Has(Check(Telling("en", "a\n\tb")), "E-UTF8"));
}

TEST(TextRules, ARussianNarrativeWithEmojiIsFine) {
  EXPECT_THAT(
      Messages(Check(Telling(
          "ru",
          "Её «ещё один» отчёт — №5 🙂, всё идёт по плану"))),
      IsEmpty());
}

TEST(TextRules, AnyTextAtAnyDepthIsChecked) {
  v1::Report report = GoodReport();
  *report.add_values() = GoodValue();
  report.mutable_values(0)->set_note("e\xCC\x81");  // e + acute
  EXPECT_EQ(Get(Check(report), "E-UTF8").field, "values[OST-CLIENTS].note");
}

TEST(TextRules, TheLimitCountsCharactersAndSaysBothNumbers) {
  std::string text;
  for (int i = 0; i < 16'000; ++i) text += "я";
  EXPECT_FALSE(Has(Check(Telling("ru", text)), "E-LEN"));
  Finding finding = Get(Check(Telling("ru", text + "я")), "E-LEN");
  EXPECT_THAT(finding.message, HasSubstr("16001 characters; the limit is 16000"));
}

TEST(TextRules, OneRecordFitsOneEntry) {
  v1::Report report = GoodReport();
  std::string text(14'000, 'x');
  report.clear_narratives();
  for (const char* lang : {"en", "fr", "es", "de"}) *report.add_narratives() = MakeText(lang, text);
  EXPECT_FALSE(Has(Check(report), "E-LEN"));
  *report.add_narratives() = MakeText("tk", text);
  EXPECT_EQ(Get(Check(report), "E-LEN").field, "record");
}

TEST(TextRules, ALanguageIsNotACountry) {
  EXPECT_THAT(Get(Check(Telling("kz", "мәтін")), "E-LANG").message,
              HasSubstr("\"kz\" is a country; the language meant is probably kk"));
  EXPECT_FALSE(Has(Check(Telling("kk", "мәтін")), "E-LANG"));
}

TEST(TextRules, ALanguageTagIsCanonical) {
  EXPECT_THAT(Get(Check(Telling("UZ-cyrl", "матн")), "E-LANG").message, HasSubstr("uz-Cyrl"));
  EXPECT_TRUE(Has(Check(Telling("", "text")), "E-LANG"));
  EXPECT_TRUE(Has(Check(Telling("русский", "text")), "E-LANG"));
  EXPECT_FALSE(Has(Check(Telling("uz-Cyrl", "матн")), "E-LANG"));
}

TEST(TextRules, KongoIsWarnedAbout) {
  EXPECT_EQ(Get(Check(Telling("kg", "текст")), "W-LANG").severity, Severity::kFlag);
  EXPECT_FALSE(Has(Check(Telling("ky", "текст")), "W-LANG"));
}

TEST(TextRules, TheScriptFitsTheTag) {
  EXPECT_EQ(Get(Check(Telling("uz-Latn", "Даволаш дастури кенгайди")), "W-SCRIPT").severity,
            Severity::kFlag);
  EXPECT_FALSE(Has(Check(Telling("uz-Cyrl", "Даволаш дастури кенгайди")), "W-SCRIPT"));
  EXPECT_FALSE(Has(Check(Telling("uz", "Даволаш дастури кенгайди")), "W-SCRIPT"));
  EXPECT_FALSE(Has(Check(Telling("ru", "Программа CADAP и EU-ACT идут по плану")), "W-SCRIPT"));
}

TEST(TextRules, TheRoundsLanguages) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.rounds["MTR-2017"].add_languages("en");
  v1::Report report = GoodReport();  // in Russian
  EXPECT_EQ(Get(CheckReport(report, catalogue, Moment::kDraft, kNow), "W-LANG-ROUND").severity,
            Severity::kFlag);
  *report.add_narratives() = MakeText("en-GB", "Substitution treatment was introduced");
  EXPECT_FALSE(Has(CheckReport(report, catalogue, Moment::kDraft, kNow), "W-LANG-ROUND"));
}

TEST(Normalise, PutsTagsPeriodsAndDimensionsInForm) {
  v1::Report report = Telling("UZ-cyrl", "матн");
  report.mutable_common()->set_lang("RU");
  report.set_period("2017Q3");
  v1::IndicatorValue* value = report.add_values();
  value->set_period("201706");
  value->add_dims()->set_name("sex");
  value->add_dims()->set_name("age");
  NormaliseReport(report);
  EXPECT_EQ(report.narratives(0).lang(), "uz-Cyrl");
  EXPECT_EQ(report.common().lang(), "ru");
  EXPECT_EQ(report.period(), "2017-Q3");
  EXPECT_EQ(report.values(0).period(), "2017-06");
  EXPECT_EQ(report.values(0).dims(0).name(), "age");
}

TEST(Normalise, LeavesWhatItCannotRead) {
  v1::Report report = Telling("not a tag", "text");
  report.set_period("some time");
  NormaliseReport(report);
  EXPECT_EQ(report.narratives(0).lang(), "not a tag");
  EXPECT_EQ(report.period(), "some time");
}

}  // namespace
}  // namespace entente::meaning
