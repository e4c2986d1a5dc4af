// Lines are retold whole, with what stands in them; and every pattern of the .po files is tried
// against all the others.
#include "client/language/retelling.h"

#include <map>
#include <random>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/language/tongue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;

Wording Plain() {
  return {[](absl::string_view text) { return "<" + std::string(text) + ">"; },
          [](absl::string_view text) { return "(" + std::string(text) + ")"; },
          [](absl::string_view text) { return "[" + std::string(text) + "]"; },
          [](absl::string_view text) {
            return text == "done" ? std::optional<std::string>("fait") : std::nullopt;
          },
          [](absl::string_view text) { return text == "1" ? size_t{0} : size_t{1}; }};
}

std::string Told(const std::vector<RetoldRule>& rules, const std::string& line) {
  return Retelling(rules, Plain()).Line(line);
}

const std::vector<RetoldRule> kRules = {
    {false, {"{0} is no date"}, {"{0} n'est pas une date"}},
    {false, {"write {0}"}, {"ecrivez {0}"}},
    {false, {"{0:n} file", "{0:n} files"}, {"{0} fichier", "{0} fichiers"}},
    {false, {"{0}: {1:s}, {2:s}"}, {"{0} : {1:s}, {2:s}"}},
    {false, {"{0} is {1:w} since {2:d}"}, {"depuis {2:d}, {0} est {1:w}"}},
    {false, {"seen: {0:l}."}, {"vus : {0:l}."}},
    {true, {"{0} own"}, {"{0} soi"}},
    {false, {"wrote {0}, {1:z}"}, {"{0} ecrit, {1:z}"}},
    {false, {"not kept: {0}"}, {"non garde : {0}"}},
};

TEST(Retelling, TheLineWithTheMostTextOfItsOwnIsSaid) {
  EXPECT_EQ(Told(kRules, "2017 is no date"), "2017 n'est pas une date");
  EXPECT_EQ(Told(kRules, "  write 1234.5 "), "  ecrivez 1234.5 ");
  EXPECT_EQ(Told(kRules, "nobody knows this"), "nobody knows this");
  EXPECT_EQ(Told(kRules, ""), "");
}

TEST(Retelling, PlacesAreSaidByTheirKind) {
  EXPECT_EQ(Told(kRules, "1 file"), "<1> fichier");
  EXPECT_EQ(Told(kRules, "5 files"), "<5> fichiers");
  EXPECT_EQ(Told(kRules, "five files"), "five files");
  EXPECT_EQ(Told(kRules, "d-1 is done since 2017-09-14"), "depuis (2017-09-14), d-1 est fait");
  EXPECT_EQ(Told(kRules, "d-1 is late since 2017-09-14"), "d-1 is late since 2017-09-14");
  EXPECT_EQ(Told(kRules, "a: 1 file, 2 files"), "a : <1> fichier, <2> fichiers");
  EXPECT_EQ(Told(kRules, "a: 1 file, nobody knows"), "a: 1 file, nobody knows");
  EXPECT_EQ(Told(kRules, "seen: KG own, KZ 3h."), "vus : KG soi, KZ 3h.");
  EXPECT_EQ(Told(kRules, "KG own"), "KG own") << "a part is no line";
  EXPECT_EQ(Told(kRules, "wrote a, 2.5 kB"), "a ecrit, [2.5 kB]");
  EXPECT_EQ(Told(kRules, "wrote a, big"), "wrote a, big");
}

TEST(Retelling, ACellMayHoldWhatIsOtherwisePartOfALine) {
  EXPECT_EQ(Retelling(kRules, Plain()).Part("KG own"), "KG soi");
  EXPECT_EQ(Retelling(kRules, Plain()).Part("2017 is no date"), "2017 n'est pas une date");
}

TEST(Retelling, APlaceForAnythingTakesNoClauseThatIsKnown) {
  EXPECT_EQ(Told(kRules, "not kept: 2017; write 1234.5"), "non garde : 2017; ecrivez 1234.5");
  EXPECT_EQ(Told(kRules, "not kept: 2017; my words"), "non garde : 2017; my words");
}

TEST(Retelling, AFindingKeepsItsCodeAndFieldAndIsToldAsAWhole) {
  EXPECT_EQ(Told(kRules, "E-DATE deadline: \"x\" is no date; write 2017"),
            "E-DATE deadline: \"x\" n'est pas une date; ecrivez 2017");
  EXPECT_EQ(Told(kRules, "E-DATE deadline: \"x\" is no date; think again"),
            "E-DATE deadline: \"x\" is no date; think again");
  EXPECT_EQ(Told(kRules, "E-DATE deadline: \"a; b\" is no date; write c"),
            "E-DATE deadline: \"a; b\" n'est pas une date; ecrivez c");
}

// What stands in a place {0} is somebody's word, whatever it looks like.
TEST(Retelling, NobodysWordsAreRetold) {
  EXPECT_EQ(Told(kRules, "write 1 file"), "ecrivez 1 file");
  EXPECT_EQ(Told(kRules, "\"1 file\" is no date"), "\"1 file\" n'est pas une date");
  EXPECT_EQ(Told(kRules, "write {0} {1}"), "ecrivez {0} {1}");
}

TEST(Retelling, ALongLineStaysAsItIs) {
  const std::string longest(kRetoldBytesMax - 6, 'x');
  EXPECT_EQ(Told(kRules, "write " + longest), "ecrivez " + longest);
  EXPECT_EQ(Told(kRules, "write x" + longest), "write x" + longest);
}

TEST(Retelling, FormsOfNumberFollowTheLanguage) {
  const auto ru = PhrasesIn("ru");
  const std::map<std::string, std::string> said = {
      {"0", "0 ошибок"},     {"1", "1 ошибка"},    {"2", "2 ошибки"},   {"5", "5 ошибок"},
      {"11", "11 ошибок"},   {"12", "12 ошибок"},  {"21", "21 ошибка"}, {"22", "22 ошибки"},
      {"111", "111 ошибок"}, {"121", "121 ошибка"}};
  for (const auto& [number, russian] : said) {
    const std::string english = number + (number == "1" ? " error" : " errors");
    EXPECT_EQ(ru->Retell(english), russian);
  }
  EXPECT_EQ(PhrasesIn("fr")->Retell("0 errors"), "0 erreur");
  EXPECT_EQ(PhrasesIn("fr")->Retell("2 errors"), "2 erreurs");
}

// Of lines put together from what several rooms say, nothing stays behind in English.
TEST(Retelling, LinesOfManyPartsAreSaidToTheEnd) {
  const struct {
    const char *english, *french, *russian;
  } lines[] = {
      {"incarnation 2 of this key's feed was forked and settled on 2026-11-22, note 5; nothing was "
       "signed",
       "l’incarnation 2 du fil de cette clé a bifurqué, ce qui fut réglé le 22/11/2026, acte 5 ; "
       "rien n’a été signé",
       "инкарнация 2 ленты этого ключа раздвоилась, что решено 22.11.2026, акт 5; ничего не "
       "подписано"},
      {"my.csv, line 5: E-AUTH delegation: the report is KZ's; this node speaks for KG",
       "my.csv, ligne 5 : E-AUTH delegation: le rapport est de KZ ; ce nœud parle pour KG",
       "my.csv, строка 5: E-AUTH delegation: это отчёт KZ; узел выступает от имени KG"},
      {"E-SCHEMA common.cites: entry id number 3 has 5 bytes; an id has 32",
       "E-SCHEMA common.cites: l’identifiant d’entrée numéro 3 a 5 octets ; un identifiant en a 32",
       "E-SCHEMA common.cites: в идентификаторе записи номер 3 байтов 5; в идентификаторе их 32"},
      {"signed two different entries as number 5 of incarnation 1 in instrument 2afb25f0",
       "a signé deux entrées différentes comme numéro 5 de l’incarnation 1 dans l’instrument "
       "2afb25f0",
       "подписал две разные записи под номером 5 инкарнации 1 в документе 2afb25f0"},
      {"For KG in EUCA-2014: 5 entries of 2 feeds and 3 authority notes, what is new of the "
       "register, 2 attachments (5.2 MiB) in 1 file, 5.2 MiB. Nothing is known of what it holds, "
       "so "
       "everything goes.",
       "Pour KG dans EUCA-2014 : 5 entrées (2 fils) et 3 actes d’autorité, ce que le registre a de "
       "nouveau, 2 pièces jointes (5,2\u00a0Mio) ; 1 fichier, 5,2\u00a0Mio. On ne sait rien de ce "
       "qu’il "
       "détient, "
       "donc tout part.",
       "Для KG в EUCA-2014: 5 записей (2 ленты) и 3 акта полномочий, новое из реестра, 2 "
       "приложения (5,2\u00a0МиБ); 1 файл, 5,2\u00a0МиБ. Что у получателя есть, неизвестно, "
       "поэтому "
       "отправляется всё."}};
  const auto fr = PhrasesIn("fr"), ru = PhrasesIn("ru");
  for (const auto& [english, french, russian] : lines) {
    EXPECT_EQ(fr->Retell(english), french);
    EXPECT_EQ(ru->Retell(english), russian);
  }
}

// An example of a pattern, and what it must become: the slow and obvious way.
struct Example {
  std::string english, said;
  std::vector<std::string> theirs;  // what stands in its places {0}
};

class EveryPattern : public ::testing::TestWithParam<int> {
 protected:
  EveryPattern()
      : compiled_(CompiledLanguages()[GetParam()]), phrases_(PhrasesIn(compiled_.language)) {}

  Example ExampleOf(const RetoldRule& rule, size_t form, const std::vector<std::string>& texts) {
    const bool one = form == 0 && rule.english.size() > 1;
    Example out{rule.english[one ? 0 : rule.english.size() - 1],
                rule.said[one ? 0 : rule.said.size() - 1],
                {}};
    for (int i = 0; i < 10; ++i) {
      for (const char* kind : {"", ":n", ":d", ":z", ":w", ":s", ":m", ":l"}) {
        const std::string place = "{" + std::to_string(i) + kind + "}";
        const std::string given = kind[0] == '\0'             ? texts[i % texts.size()]
                                  : std::string(kind) == ":n" ? one ? "1" : "25"
                                  : std::string(kind) == ":d" ? "2017-09-14"
                                  : std::string(kind) == ":z" ? "2.5 kB"
                                  : std::string(kind) == ":w" ? "in_progress"
                                  : std::string(kind) == ":s" ? "2 errors"
                                                              : "Zq";
        const std::string told = std::string(kind) == ":n"   ? phrases_->Number(given)
                                 : std::string(kind) == ":d" ? phrases_->ShortDate(given)
                                 : std::string(kind) == ":z" ? phrases_->ShortSize(given)
                                 : std::string(kind) == ":w" ? *phrases_->Word(given)
                                 : std::string(kind) == ":s" ? phrases_->Retell(given)
                                                             : given;
        if (out.english.find(place) == std::string::npos) continue;
        if (kind[0] == '\0') out.theirs.push_back(given);
        out.english = absl::StrReplaceAll(out.english, {{place, given}});
        out.said =
            absl::StrReplaceAll(out.said, {{place, told}, {"{" + std::to_string(i) + "}", told}});
      }
    }
    return out;
  }

  const CompiledLanguage compiled_;
  const std::unique_ptr<Phrases> phrases_;
};

// No two patterns say different things of one line, and none is hidden by another.
TEST_P(EveryPattern, SaysItsOwnTranslation) {
  const auto rules = RetoldRulesOf(compiled_);
  EXPECT_GT(rules.size(), 300u);
  for (const RetoldRule& rule : rules) {
    ASSERT_FALSE(rule.said.empty());
    for (const std::string& english : rule.english) EXPECT_TRUE(Pattern::Parse(english)) << english;
    for (size_t form = 0; form < rule.english.size(); ++form) {
      const Example example = ExampleOf(rule, form, {"Zq0", "Zq1", "Zq2"});
      if (rule.part) continue;
      EXPECT_EQ(phrases_->Retell(example.english), example.said);
    }
  }
}

// Word by word: a colon in a file's name may be taken for the one after it, and French puts a space
// before it.
TEST_P(EveryPattern, LosesNothingThatStandsInALine) {
  for (const RetoldRule& rule : RetoldRulesOf(compiled_)) {
    for (const char* odd :
         {"a; b", "x: y, z", "E-NUM v: q", "{0}", "\"", "Отчёт «о том»", "done"}) {
      const Example example = ExampleOf(rule, 1, {odd});
      const std::string told = phrases_->Retell(example.english);
      for (const std::string& text : example.theirs) {
        for (const absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" :")))
          EXPECT_THAT(told, HasSubstr(std::string(word))) << example.english;
      }
    }
  }
}

// The same patterns with themselves as translations: nothing changes but numbers and dates.
TEST_P(EveryPattern, RetoldInEnglishIsItself) {
  auto rules = RetoldRulesOf(compiled_);
  for (RetoldRule& rule : rules) rule.said = rule.english;
  const auto same = [](absl::string_view text) { return std::string(text); };
  const Retelling english(
      rules, {same, same, same, same, [](absl::string_view n) { return size_t{n != "1"}; }});
  for (const RetoldRule& rule : rules) {
    for (size_t form = 0; form < rule.english.size(); ++form) {
      const std::string line =
          ExampleOf(rule, form, {"one", "two; and", "three: 3 errors"}).english;
      EXPECT_EQ(english.Line(line), line);
    }
  }
}

TEST_P(EveryPattern, AnyBytesComeThrough) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::string pieces[] = {"; ",     ": ", ", ",  "\"",   " ",         "E-NUM ",
                                "errors", "1",  "{0}", "\xff", "is no date"};
  for (int i = 0; i < 300; ++i) {
    std::string line;
    for (unsigned n = random() % 60; n > 0; --n) line += pieces[random() % std::size(pieces)];
    const std::string told = phrases_->Retell(line);
    EXPECT_EQ(told.empty(), line.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Languages, EveryPattern, ::testing::Range(0, 2));

}  // namespace
}  // namespace entente::client
