#include "client/language/tongue.h"

#include <set>

#include "client/language/compiled_phrases.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

using ::testing::ElementsAre;

TEST(Tongue, ThreeLanguagesAreSpoken) {
  EXPECT_THAT(SpokenLanguages(), ElementsAre("en", "fr", "ru"));
  for (const char* tag : {"en", "fr", "ru", "fr-CH", "RU", "en-GB"})
    EXPECT_TRUE(Spoken(tag)) << tag;
  for (const char* tag : {"", "de", "kk", "english"}) EXPECT_FALSE(Spoken(tag)) << tag;
}

TEST(Tongue, PhrasesAreFoundInTheCompiledTranslations) {
  EXPECT_EQ(PhrasesIn("fr")->Say("Open questions"), "Questions ouvertes");
  EXPECT_EQ(PhrasesIn("ru")->Say("Open questions"), "Открытые вопросы");
  EXPECT_EQ(PhrasesIn("ru")->Say("{0} of {1}", {"3", "5"}), "3 из 5");
  EXPECT_EQ(PhrasesIn("ru")->Date("2017-09-04"), "4 сентября 2017 г.");
  EXPECT_EQ(PhrasesIn("fr")->Date("2017-09-04"), "4 septembre 2017");
  EXPECT_EQ(PhrasesIn("fr")->Say("never translated"), "never translated");
  EXPECT_EQ(PhrasesIn("")->Say("Open questions"), "Open questions");
}

TEST(Tongue, TheTagPrevailsThenTheLocales) {
  EXPECT_EQ(PhrasesIn("fr", {"ru_RU.UTF-8"})->language(), "fr");
  EXPECT_EQ(PhrasesIn("", {"ru_RU.UTF-8"})->language(), "ru");
  EXPECT_EQ(PhrasesIn("", {"", "de_DE:fr_FR"})->language(), "fr");
  EXPECT_EQ(PhrasesIn("", {"de_DE.UTF-8"})->language(), "en");
  EXPECT_EQ(PhrasesIn("", {"C.UTF-8", "fr_FR"})->language(), "en") << "C asks for English";
  EXPECT_EQ(PhrasesIn("en", {"fr_FR"})->language(), "en");
}

TEST(CompiledPhrases, EveryPhraseOfAFileIsFound) {
  for (const CompiledLanguage& language : CompiledLanguages()) {
    const CompiledPhrases phrases(language.bytes);
    EXPECT_GT(phrases.size(), 200u) << language.language;
    EXPECT_FALSE(phrases.Find("no such phrase").has_value());
  }
}

TEST(CompiledPhrases, BytesThatAreNoSuchFileHoldNothing) {
  const absl::string_view bytes = CompiledLanguages()[0].bytes;
  EXPECT_EQ(CompiledPhrases("").size(), 0u);
  EXPECT_EQ(CompiledPhrases("garbage, garbage, garbage").size(), 0u);
  // Cut anywhere: texts outside are empty, nothing is read beyond the end.
  for (size_t cut = 0; cut < bytes.size(); cut += 7) {
    CompiledPhrases(bytes.substr(0, cut)).Find("Open questions");
  }
}

}  // namespace
}  // namespace entente::client
