// Titles in the reader's language, where the catalogue has them.
#include "node/query/view/titles.h"

#include "entente/v1/payload.pb.h"
#include "gmock/gmock.h"
#include "node/query/record/records.h"
#include "tests/unit/query/lookup_fixture.h"

namespace entente::query {
namespace {

using ::testing::ElementsAre;

class TitlesTest : public LookupTest {
 protected:
  Entry Chapter(const std::string& code,
                const std::vector<std::pair<std::string, std::string>>& titles, uint32_t order) {
    v1::Chapter chapter;
    chapter.mutable_common()->set_delegation("EU-GSC");
    chapter.set_code(code);
    chapter.set_order(order);
    for (const auto& [lang, title] : titles) {
      v1::Text* text = chapter.add_titles();
      text->set_lang(lang);
      text->set_text(title);
    }
    return Written(desk_, plan_.sec_chain, v1::CHAPTER, chapter.SerializeAsString());
  }
  std::vector<std::string> TitlesFor(const std::string& lang) {
    v1::ListRecordsRequest request;
    request.set_kind("chapter");
    auto table = ListRecords(Ask(), request, 0);
    EXPECT_TRUE(table.ok()) << table.status();
    EXPECT_TRUE(TitlesIn(Ask(), lang, *table).ok());
    return Column(*table, "title");
  }
  support::Pen desk_ = plan_.PenOf(plan_.desk);
};

TEST_F(TitlesTest, TheReadersLanguageElseWhatStoodThere) {
  Take({Chapter("DDR", {{"en", "Demand"}, {"ru", "Спрос"}, {"uz-Latn", "Talab"}}, 1),
        Chapter("DSR", {{"en", "Supply"}}, 2)});
  EXPECT_THAT(TitlesFor(""), ElementsAre("Demand", "Supply"));
  EXPECT_THAT(TitlesFor("en"), ElementsAre("Demand", "Supply"));
  EXPECT_THAT(TitlesFor("ru"), ElementsAre("Спрос", "Supply"));
  EXPECT_THAT(TitlesFor("uz"), ElementsAre("Talab", "Supply"));
  EXPECT_THAT(TitlesFor("fr"), ElementsAre("Demand", "Supply"));
}

TEST_F(TitlesTest, ATableWithoutTitlesOrWithCodesNobodyKnowsStays) {
  Take({Chapter("DDR", {{"en", "Demand"}, {"ru", "Спрос"}}, 1)});
  v1::Table table;
  table.add_columns()->set_name("subject");
  EXPECT_TRUE(TitlesIn(Ask(), "ru", table).ok());
  table.add_columns()->set_name("title");
  for (const char* code : {"XYZ", "DDR", "../DDR", ""}) {
    table.add_rows()->add_cells(code);
    table.mutable_rows(table.rows_size() - 1)->add_cells("as it was");
  }
  table.add_rows()->add_cells("DDR");  // a row that is too short
  EXPECT_TRUE(TitlesIn(Ask(), "ru", table).ok());
  std::vector<std::string> titles;
  for (int r = 0; r < 4; ++r) titles.push_back(table.rows(r).cells(1));
  EXPECT_THAT(titles, ElementsAre("as it was", "Спрос", "as it was", "as it was"));
  EXPECT_EQ(table.rows(4).cells_size(), 1);
}

}  // namespace
}  // namespace entente::query
