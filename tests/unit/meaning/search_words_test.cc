// Words as people look for them, in the scripts of our parties.
#include "node/meaning/record/search_words.h"

#include "gmock/gmock.h"

namespace entente::meaning {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Words(absl::string_view text) {
  std::vector<std::string> out;
  for (const SearchWord& word : SearchWords(text)) {
    out.push_back(word.text);
    EXPECT_LT(word.begin, word.end);
    EXPECT_LE(word.end, text.size());
  }
  return out;
}

TEST(SearchWords, FoldCaseInEveryScript) {
  EXPECT_THAT(Words("Opioid SUBSTITUTION"), ElementsAre("opioid", "substitution"));
  EXPECT_THAT(Words("Заместительная ТЕРАПИЯ"), ElementsAre("заместительная", "терапия"));
  EXPECT_THAT(Words("Éducation ΟΔΟΣ οδος"), ElementsAre("éducation", "οδοσ", "οδοσ"));
}

TEST(SearchWords, YoIsYeAndShortIStays) {
  EXPECT_EQ(Words("Её"), Words("ее"));
  EXPECT_NE(Words("май"), Words("маи"));
}

TEST(SearchWords, LettersOfOurLanguagesAreKept) {
  EXPECT_THAT(Words("Қазақстан әлеуметтік"), ElementsAre("қазақстан", "әлеуметтік"));
  EXPECT_THAT(Words("Өнүктүрүү ҢҮ"), ElementsAre("өнүктүрүү", "ңү"));
  EXPECT_THAT(Words("Ҷумҳурии Тоҷикистон ғӣ"), ElementsAre("ҷумҳурии", "тоҷикистон", "ғӣ"));
  EXPECT_NE(Words("қол"), Words("кол"));
}

TEST(SearchWords, UzbekLettersAreOneHoweverTheirApostropheWasTyped) {
  for (const char* text :
       {"Oʻzbekiston", "O'zbekiston", "O‘zbekiston", "O’zbekiston", "O`zbekiston"})
    EXPECT_THAT(Words(text), ElementsAre("oʻzbekiston")) << text;
  EXPECT_THAT(Words("bog' tog‘lar"), ElementsAre("bogʻ", "togʻlar"));
  EXPECT_THAT(Words("the drug's effect, l'accord"),
              ElementsAre("the", "drug", "s", "effect", "l", "accord"));
}

TEST(SearchWords, EverythingElseStandsBetween) {
  EXPECT_THAT(Words("DDR/08: 430 (E); «в тюрьмах» 🙂—да"),
              ElementsAre("ddr", "08", "430", "e", "в", "тюрьмах", "да"));
  EXPECT_THAT(Words(" .,!* "), IsEmpty());
  EXPECT_THAT(Words("one\xff two"), ElementsAre("one"));
}

TEST(SearchWords, ALongWordIsCutTheSameEverywhere) {
  const std::string longest(kSearchWordBytesMax, 'a');
  EXPECT_THAT(Words(longest + "bcd"), ElementsAre(longest));
  const std::string cyrillic = "щ" + longest.substr(2) + "ю";
  EXPECT_LE(Words(cyrillic)[0].size(), kSearchWordBytesMax);
}

}  // namespace
}  // namespace entente::meaning
