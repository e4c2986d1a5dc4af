// The small helpers of this room: words, suggestions, language tags, document numbers, slots.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/record/summary.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/unicode.h"
#include "node/meaning/text/words.h"
#include "node/meaning/value/doc_ref.h"

namespace entente::meaning {
namespace {

TEST(Suggest, NearestWord) {
  EXPECT_EQ(NearestWord("in_progres", ImplementationWords()), "in_progress");
  EXPECT_EQ(NearestWord("In Progress", ImplementationWords()), "in_progress");
  EXPECT_EQ(NearestWord("ocmpleted", ImplementationWords()), "completed");
  EXPECT_EQ(NearestWord("banana", ImplementationWords()), "");
  EXPECT_EQ(NearestWord("", ImplementationWords()), "");
  EXPECT_EQ(EditDistance("abc", "acb"), 1u);
  EXPECT_EQ(EditDistance("", "abc"), 3u);
}

TEST(Suggest, FarWordsListWhatIsKnown) {
  EXPECT_EQ(Suggestion("KGZ", {"KG", "KZ"}), "; did you mean KG?");
  EXPECT_EQ(Suggestion("banana", {"KG", "KZ"}), "; known: KG, KZ");
  EXPECT_EQ(Suggestion("banana", {}), "");
}

TEST(Words, BothDirections) {
  for (const auto& word : ImplementationWords()) {
    EXPECT_EQ(ImplementationWord(*ParseImplementation(word)), word);
  }
  for (const auto& word : AssessmentWords()) {
    EXPECT_EQ(AssessmentWord(*ParseAssessment(word)), word);
  }
  for (const auto& word : TrendWords()) EXPECT_EQ(TrendWord(*ParseTrend(word)), word);
  EXPECT_FALSE(ParseImplementation("ongoing"));
  EXPECT_EQ(KindWord(1002), "commitment");
  EXPECT_EQ(KindWord(999), "");
  EXPECT_EQ(ParseKind("report"), 1u);
}

TEST(Words, TheLightFollowsFromTheTwoAxes) {
  EXPECT_EQ(Light(v1::COMPLETED, v1::ASSESSMENT_UNSPECIFIED), "blue");
  EXPECT_EQ(Light(v1::IN_PROGRESS, v1::ON_TRACK), "green");
  EXPECT_EQ(Light(v1::IN_PROGRESS, v1::AT_RISK), "amber");
  EXPECT_EQ(Light(v1::NOT_STARTED, v1::OFF_TRACK), "red");
  EXPECT_EQ(Light(v1::SUSPENDED, v1::ASSESSMENT_UNSPECIFIED), "grey");
  EXPECT_EQ(Light(v1::IN_PROGRESS, v1::NOT_ASSESSED), "");
}

TEST(LanguageTag, CanonicalCase) {
  EXPECT_EQ(CanonicalLanguageTag("EN-gb"), "en-GB");
  EXPECT_EQ(CanonicalLanguageTag("uz-cyrl-UZ"), "uz-Cyrl-UZ");
  EXPECT_EQ(CanonicalLanguageTag("sl-ROZAJ"), "sl-rozaj");
  EXPECT_EQ(CanonicalLanguageTag("en-x-OURS"), "en-x-ours");
  for (const char* bad : {"", "e", "en-", "-en", "en--GB", "en_GB", "toolonglang", "en-a", "ру"}) {
    EXPECT_EQ(CanonicalLanguageTag(bad), "") << bad;
  }
}

TEST(LanguageTag, CountriesThatAreNoLanguages) {
  EXPECT_EQ(LanguageMeantByCountry("kz"), "kk");
  EXPECT_EQ(LanguageMeantByCountry("TJ"), "tg");
  EXPECT_EQ(LanguageMeantByCountry("tm"), "tk");
  EXPECT_EQ(LanguageMeantByCountry("kg"), "") << "Kongo; warned about instead";
  EXPECT_EQ(LanguageMeantByCountry("ru"), "");
}

TEST(DocRef, KnownForms) {
  for (const char* good :
       {"13770/17", "CM 4388/17", "ST 12345 2000 ADD 1 COR 1", "10617/1/04 REV 1", "JAI 978",
        "CORDROGUE 138", "2017/C 215/02", "52017XG0705(01)", "COM(2017) 195 final", "SWD(2017) 95",
        "A/RES/S-30/1", "A/S-30/L.1", "E/CN.7/2020/CRP.8", "13770/17 INIT"}) {
    EXPECT_TRUE(IsDocRef(good)) << good;
  }
  for (const char* bad : {"", "13770-17", "13770", "13770/2017/x", "the minutes", "A/", "CM4388/17",
                          "13770/17 FOO", "JAI978"}) {
    EXPECT_FALSE(IsDocRef(bad)) << bad;
  }
  EXPECT_EQ(LikelyDocRef("13770-17"), "13770/17");
  EXPECT_EQ(LikelyDocRef("cm 4388/17"), "CM 4388/17");
  EXPECT_EQ(LikelyDocRef("the minutes"), "");
}

TEST(Code, Grammar) {
  EXPECT_TRUE(IsCommitmentCode("DDR/08"));
  EXPECT_TRUE(IsCommitmentCode("1/a"));
  EXPECT_FALSE(IsCommitmentCode("DDR"));
  EXPECT_FALSE(IsCommitmentCode("DDR/"));
  EXPECT_FALSE(IsCommitmentCode("DDR/08#2"));
  EXPECT_FALSE(IsRoundCode("-"));
  EXPECT_FALSE(IsDelegationCode("K"));
  EXPECT_TRUE(IsDelegationCode("IMPL-CADAP-C2"));
}

TEST(ReportSlot, ParsesWhatItPrintsAndNothingElse) {
  for (const char* good : {"report/MTR-2017/KG/commitment/DDR/08", "report/MTR-2017/KG/chapter/DDR",
                           "report/MTR-2017/KG/instrument", "report/-/KG/2017-Q3/commitment/DDR/08",
                           "report/-/KG/2014/2020/instrument"}) {
    auto slot = ParseReportSlot(good);
    ASSERT_TRUE(slot) << good;
    EXPECT_EQ(PrintReportSlot(*slot), good);
  }
  for (const char* bad : {"", "report", "report/MTR-2017/KG", "report/MTR-2017/KG/commitment/DDR",
                          "report/MTR-2017/KG/instrument/", "report/MTR-2017/KG/chapter/DDR/08",
                          "report/-/KG/chapter/D", "report/m/KG/instrument", "commitment/DDR/08",
                          "report/MTR-2017/kg/instrument"}) {
    EXPECT_FALSE(ParseReportSlot(bad)) << bad;
  }
}

TEST(Unicode, NfcAndControls) {
  EXPECT_TRUE(IsNfc("Её ключ — «да»"));
  EXPECT_FALSE(IsNfc("\xD0\xB8\xCC\x86"));
  EXPECT_EQ(ToNfc("\xD0\xB8\xCC\x86"), "й");
  EXPECT_FALSE(IsUtf8("\xC3\x28"));
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80")) << "a surrogate";
  EXPECT_EQ(ToNfc("\xC3\x28"), "\xC3\x28");
  EXPECT_EQ(CountCharacters("ёж"), 2u);
  EXPECT_TRUE(HasForbiddenControl(absl::string_view("a\0b", 3)));
}

TEST(Shorten, CutsBetweenCharacters) {
  EXPECT_EQ(Shorten("ёёёё", 8), "ёёёё");
  EXPECT_EQ(Shorten("ёёёёё", 8), "ёё…");
}

}  // namespace
}  // namespace entente::meaning
