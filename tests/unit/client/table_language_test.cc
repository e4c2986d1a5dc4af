// What a table says to a reader of French or Russian; and what stays, whatever he reads.
#include "client/base/table_language.h"

#include "client/base/render.h"
#include "client/language/tongue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Column {
  const char* name;
  const char* title;
  bool number;
};

v1::Table Of(const std::vector<Column>& columns,
             const std::vector<std::vector<std::string>>& rows) {
  v1::Table table;
  for (const Column& column : columns) {
    v1::Column* added = table.add_columns();
    added->set_name(column.name);
    added->set_title(column.title);
    added->set_number(column.number);
  }
  for (const auto& row : rows) {
    v1::Row* added = table.add_rows();
    for (const std::string& cell : row) added->add_cells(cell);
  }
  return table;
}

v1::Table Missing() {
  v1::Table table =
      Of({{"delegation", "DELEGATION", false},
          {"expected", "EXPECTED", true},
          {"rate", "RATE", false},
          {"state", "STATE", false},
          {"deadline", "DEADLINE", false},
          {"note", "NOTE", false},
          {"title", "TITLE", false}},
         {{"KG", "28800", "60.0%", "not submitted", "2017-09-14", "last contact 2017-10-12T08:02Z",
           "completed"},
          {"KZ", "1", "\u2013", "in_progress", "", "somebody's remark", "2017-01-01"}});
  table.add_notes("2 of 5 delegations (subject level: commitment).");
  table.set_freshness("Local copy, last contact: KG own, KZ 3h, TJ never.");
  return table;
}

std::string Text(const v1::Table& table, const char* lang) {
  return TableText(TableIn(table, *PhrasesIn(lang)), false);
}

TEST(TableLanguage, WordsDatesAndNumbersFollowTheReader) {
  const std::string ru = Text(Missing(), "ru");
  for (const char* said :
       {"не представлено", "14.09.2017", "28\u00a0800", "60,0\u00a0%", "выполняется", "\u2013",
        "последний контакт 12.10.2017 08:02 UTC", "Делегаций: 2 из 5 (по обязательствам).",
        "Местная копия, последний контакт: KG свой узел, KZ 3 ч, TJ никогда."})
    EXPECT_THAT(ru, HasSubstr(said));
  const std::string fr = Text(Missing(), "fr");
  for (const char* said : {"non présenté", "14/09/2017", "28\u202f800", "60,0\u00a0%", "en cours",
                           "2 délégations sur 5 (par engagement)."})
    EXPECT_THAT(fr, HasSubstr(said));
}

TEST(TableLanguage, NamesAndWhatPeopleWroteStay) {
  for (const char* lang : {"fr", "ru"}) {
    const v1::Table said = TableIn(Missing(), *PhrasesIn(lang));
    EXPECT_EQ(said.rows(0).cells(0), "KG");
    EXPECT_EQ(said.rows(0).cells(6), "completed");
    EXPECT_EQ(said.rows(1).cells(5), "somebody's remark");
    EXPECT_EQ(said.rows(1).cells(6), "2017-01-01");
  }
}

TEST(TableLanguage, WhatStandsInPlaceOfAReferenceIsSaid) {
  const v1::Table listed = Of({{"reference", "REFERENCE", false}, {"state", "STATE", false}},
                              {{"R:EUCA-2014/MTR-2017/KG/DDR/08", "said"},
                               {"(of a kind this version cannot read)", "said, replaced"}});
  const v1::Table fr = TableIn(listed, *PhrasesIn("fr")), ru = TableIn(listed, *PhrasesIn("ru"));
  EXPECT_EQ(fr.rows(0).cells(0), listed.rows(0).cells(0));
  EXPECT_EQ(fr.rows(0).cells(1), "dit");
  EXPECT_EQ(fr.rows(1).cells(0), "(d’un genre que cette version ne sait pas lire)");
  EXPECT_EQ(fr.rows(1).cells(1), "dit, remplacé");
  EXPECT_EQ(ru.rows(1).cells(0), "(вида, который эта версия читать не умеет)");
  EXPECT_EQ(ru.rows(1).cells(1), "сказано, заменено");
}

TEST(TableLanguage, ListsSizesMomentsAndStatesAreSaid) {
  const v1::Table listed = Of({{"at", "WHEN", false},
                               {"roles", "ROLES", false},
                               {"size", "SIZE", false},
                               {"state", "STATE", false},
                               {"what", "WHAT", false}},
                              {{"2017-09-14T08:02Z", "desk_officer,focal_point", "21.8 MiB",
                                "stands: received", "new; replaced since"},
                               {"", "somebody,focal_point", "6 bytes", "open", "new"}});
  const v1::Table fr = TableIn(listed, *PhrasesIn("fr")), ru = TableIn(listed, *PhrasesIn("ru"));
  EXPECT_EQ(ru.rows(0).cells(0), "14.09.2017 08:02 UTC");
  EXPECT_THAT(ru.rows(0).cells(1), Not(HasSubstr("focal_point")));
  EXPECT_THAT(ru.rows(0).cells(1), HasSubstr(", "));
  EXPECT_EQ(ru.rows(1).cells(1), "somebody,focal_point") << "all or none";
  EXPECT_EQ(ru.rows(0).cells(2), "21,8\u00a0МиБ");
  EXPECT_EQ(fr.rows(1).cells(2), "6\u00a0octets");
  EXPECT_EQ(ru.rows(0).cells(3), "действует: получено");
  EXPECT_THAT(ru.rows(0).cells(4), HasSubstr("с тех пор заменено"));
  EXPECT_EQ(ru.rows(1).cells(3), "открыто") << "a round, not a milestone";
}

TEST(TableLanguage, CellsMayHoldPartsOfLines) {
  const v1::Table changes =
      Of({{"reference", "REFERENCE", false}, {"what", "WHAT", false}},
         {{"KG note 1", "founds delegation KG, \"KG\""},
          {"KG note 2", "enrols key 1234abcd (Desk) as focal_point, signatory"},
          {"amendment/2afb25f0", "silence_procedure 2030-11-30: open"},
          {"translation/2afb25f0", "narrative in ru"}});
  const v1::Table ru = TableIn(changes, *PhrasesIn("ru"));
  EXPECT_EQ(ru.rows(0).cells(0), "KG, акт 1");
  EXPECT_EQ(ru.rows(0).cells(1), "учреждает делегацию KG, «KG»");
  EXPECT_EQ(ru.rows(1).cells(1), "вносит ключ 1234abcd (Desk), роли: координатор, уполномоченный");
  EXPECT_EQ(ru.rows(2).cells(0), "amendment/2afb25f0");
  EXPECT_EQ(ru.rows(2).cells(1), "процедура молчания до 30.11.2030: открыто");
  EXPECT_EQ(ru.rows(3).cells(1), "текст, на ru");
}

TEST(TableLanguage, EnglishIsTheTableAsItWas) {
  EXPECT_EQ(TableIn(Missing(), Phrases()).SerializeAsString(), Missing().SerializeAsString());
}

TEST(TableLanguage, AMatrixIsHeadedByCodesAndHoldsWords) {
  const v1::Table matrix =
      Of({{"delegation", "DELEGATION", false}, {"DDR", "DDR", false}},
         {{"KG", "in_progress ~"}, {"KZ", "\u00b7"}, {"TJ", "completed \u2021"}, {"UZ", "n/a"}});
  const v1::Table ru = TableIn(matrix, *PhrasesIn("ru"));
  EXPECT_EQ(ru.columns(1).title(), "DDR");
  EXPECT_EQ(ru.rows(0).cells(1), "выполняется ~");
  EXPECT_EQ(ru.rows(1).cells(1), "\u00b7");
  EXPECT_EQ(ru.rows(2).cells(1), "выполнено \u2021");
  EXPECT_EQ(ru.rows(3).cells(1), "неприм.");
}

TEST(TableLanguage, ColumnsStandUnderEachOther) {
  const std::string ru = Text(Missing(), "ru");
  std::vector<int> at;
  for (const char* word : {"СОСТОЯНИЕ", "не представлено", "выполняется"}) {
    const size_t found = ru.find(word);
    ASSERT_NE(found, std::string::npos) << word;
    const size_t line = ru.rfind('\n', found) == std::string::npos ? 0 : ru.rfind('\n', found) + 1;
    at.push_back(DisplayWidth(ru.substr(line, found - line)));
  }
  EXPECT_EQ(at[0], at[1]);
  EXPECT_EQ(at[0], at[2]);
}

}  // namespace
}  // namespace entente::client
