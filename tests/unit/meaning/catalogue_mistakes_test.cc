// One mistake planted in each column of a catalogue file: the fault names the line and the column,
// shows what was given, and says what to do. A new column without a mistake here fails.
#include <map>
#include <set>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/catalogue/columns.h"
#include "node/meaning/catalogue/csv.h"

namespace entente::meaning {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Cells = std::map<std::string, std::string>;

// Line 1 names the columns; these are lines 2 to 7.
std::vector<Cells> GoodLines() {
  return {
      {{"record", "instrument"},
       {"code", "EUCA-2014"},
       {"title", "The plan"},
       {"title[ru]", "План"},
       {"nature", "action_plan"},
       {"period", "2014/2020"},
       {"adopted_on", "2013-11-12"},
       {"adopted_by", "Heads of delegation"},
       {"replaces", "EUCA-2009"},
       {"implements", "PP-2012"},
       {"completeness", "partial"},
       {"doc_refs", "13770/17"},
       {"source", "Somewhere"}},
      {{"record", "chapter"},
       {"code", "DDR"},
       {"title", "Demand"},
       {"aliases", "Drug demand"},
       {"order", "1"},
       {"label", "chapter"},
       {"lang", "en"},
       {"classification", "public"}},
      {{"record", "indicator"},
       {"code", "OST-CLIENTS"},
       {"title", "Clients"},
       {"level", "output"},
       {"measure", "unit"},
       {"unit", "person"},
       {"decimals", "0"},
       {"direction", "up"},
       {"aggregation", "sum"},
       {"minimum", "0"},
       {"maximum", "100"},
       {"dimensions", "sex=F|M|T*"},
       {"frequency", "A"},
       {"external_refs", "EU-OAI/7"},
       {"definition", "People in treatment"}},
      {{"record", "commitment"},
       {"code", "DDR/08"},
       {"objective", "Fewer come to harm"},
       {"action", "Introduce treatment"},
       {"timetable", "ongoing"},
       {"responsible_party", "KG; IMPL-CADAP-C4:implementing"},
       {"indicators", "OST-CLIENTS"},
       {"data_source", "health services"},
       {"nature", "undertaking"},
       {"addressees", "KG; KZ"},
       {"number_as_printed", "8(a)"},
       {"contributes_to", "SDG/3.5; CADAP-6/C4/04"}},
      {{"record", "round"},
       {"code", "MTR-2017"},
       {"nature", "mid_term"},
       {"period", "2014/2017"},
       {"scope", "DDR; DDR/08"},
       {"expected", "KZ; KG"},
       {"opens", "2017-03-01"},
       {"deadline", "2017-09-15"},
       {"zone", "+01:00"},
       {"grace_days", "3"},
       {"template", "MTR/1"},
       {"mandatory_sections", "obstacles"},
       {"languages", "en; ru"},
       {"working_language", "en"},
       {"meeting_date", "2017-10-12"},
       {"meeting_place", "Brussels"},
       {"agenda_ref", "CM 4388/17"},
       {"outcome_ref", "13770/17"}},
      {{"record", "intervention"},
       {"round", "MTR-2017"},
       {"chapter", "DDR"},
       {"date", "2017-10-12"},
       {"item", "3"},
       {"speaker", "KG"},
       {"number", "1"},
       {"nature", "statement"},
       {"summary", "Introduces treatment"},
       {"doc_ref", "13770/17"}},
  };
}

std::vector<std::string> Header() {
  std::vector<std::string> columns = CatalogueColumns();
  columns.push_back("title[ru]");
  return columns;
}

std::string Csv(const std::vector<Cells>& lines) {
  std::string out = absl::StrJoin(Header(), ",") + "\n";
  for (const Cells& line : lines) {
    std::vector<std::string> cells;
    for (const auto& column : Header()) {
      auto cell = line.find(column);
      cells.push_back(cell == line.end() ? "" : "\"" + cell->second + "\"");
    }
    out += absl::StrJoin(cells, ",") + "\n";
  }
  return out;
}

std::vector<std::string> FaultsOf(const std::vector<Cells>& lines) {
  std::vector<std::string> out;
  for (const auto& fault : ParseCatalogueCsv(Csv(lines), "EU-GSC").errors) {
    out.push_back(fault.Print());
  }
  return out;
}

struct Mistake {
  size_t line;  // as printed
  std::string column, cell;
  std::string said;  // part of the fault: the remedy, or what was expected
  std::string reported_as = "";
};

const std::string kTooLong(1001, 'x');

const std::vector<Mistake>& Mistakes() {
  static const auto* list = new std::vector<Mistake>{
      {3, "record", "chaptre", "did you mean chapter?"},
      {3, "code", "D/D/R", "write one like DDR"},
      {2, "title", "a\x01z", "control character"},
      {2, "title[ru]", "a\x01z", "control character"},
      {2, "nature", "action_plans", "did you mean action_plan?"},
      {2, "period", "2020/2014", "ends before it starts"},
      {2, "adopted_on", "12.11.2013", "YYYY-MM-DD"},
      {2, "adopted_by", kTooLong, "the limit is 1000"},
      {2, "replaces", "EUCA-2014", "this instrument itself"},
      {2, "implements", "the Paris Pact", "write a code such as EUCA-2014"},
      {2, "completeness", "part", "\"part\" is not in the list"},
      {2, "doc_refs", "13770-17", "the Council form is 13770/17"},
      {2, "source", kTooLong, "shorten it"},
      {3, "aliases", "a\x01z", "control character"},
      {3, "order", "first", "write digits only"},
      {3, "parent", "DDR", "cannot stand in itself"},
      {3, "label", "chaptr", "did you mean chapter?"},
      {3, "lang", "kz", "is a country; the language meant is probably kk"},
      {3, "classification", "publik", "did you mean public?"},
      {4, "level", "outputs", "did you mean output?"},
      {4, "measure", "units", "did you mean unit?"},
      {4, "unit", "", "write person, kg"},
      {4, "decimals", "12", "at most 9"},
      {4, "direction", "upwards", "known: up, down, none"},
      {4, "aggregation", "summ", "did you mean sum?"},
      {4, "minimum", "1 234,5", "write 1234.5"},
      {4, "maximum", "-1", "below the minimum"},
      {4, "dimensions", "sex", "write sex=F|M|T*"},
      {4, "frequency", "yearly", "known: A, S, Q, M, once"},
      {4, "external_refs", "indicator 7", "such as EU-OAI/7"},
      {4, "definition", "a\x01z", "control character"},
      {5, "objective", kTooLong, "shorten it"},
      {5, "action", "", "add at least one"},
      {5, "timetable", "ongoin", "did you mean ongoing?"},
      {5, "responsible_party", "KG:implementor", "did you mean implementing?"},
      {5, "indicators", "OST clients", "write one like OST-CLIENTS"},
      {5, "data_source", "a\x01z", "control character"},
      {5, "addressees", "KG; all_parties", "the single word all_parties"},
      {5, "number_as_printed", kTooLong, "shorten it"},
      {5, "contributes_to", "SDG 3.5", "a target such as SDG/3.5"},
      {6, "scope", "D/D/R", "write one like DDR or DDR/08"},
      {6, "expected", "EU", "name the bodies, such as EU-COM"},
      {6, "opens", "2017-13-01", "YYYY-MM-DD"},
      {6, "deadline", "2017-02-01", "set a later deadline"},
      {6, "zone", "CET", "write +05:00"},
      {6, "grace_days", "three", "write digits only"},
      {6, "template", "a\x01z", "control character"},
      {6, "mandatory_sections", "obstacle", "did you mean obstacles?"},
      {6, "languages", "en; KY", "write ky"},
      {6, "working_language", "tj", "is probably tg"},
      {6, "meeting_date", "12 October", "YYYY-MM-DD"},
      {6, "meeting_place", "a\x01z", "control character"},
      {6, "agenda_ref", "CM4388", "looks like 13770/17"},
      {6, "outcome_ref", "13770_17", "the Council form is 13770/17"},
      {7, "round", "mid-term", "write one like MTR-2017"},
      {7, "chapter", "D/D", "write one like DDR"},
      {7, "date", "", "write the day of the meeting"},
      {7, "item", kTooLong, "shorten it"},
      {7, "speaker", "Kyrgyzstan", "write one like KG"},
      {7, "number", "1st", "write digits only"},
      {7, "summary", "", "add at least one"},
      {7, "doc_ref", "13770-17", "the Council form is 13770/17"},
  };
  return *list;
}

TEST(CatalogueMistakes, TheLinesAreGoodBeforeAMistakeIsPlanted) {
  EXPECT_THAT(FaultsOf(GoodLines()), IsEmpty());
  EXPECT_THAT(ParseCatalogueCsv(Csv(GoodLines()), "EU-GSC").rows, SizeIs(6));
}

TEST(CatalogueMistakes, EveryColumnHasOne) {
  std::set<std::string> planted;
  for (const auto& mistake : Mistakes()) planted.insert(mistake.column);
  for (const auto& column : Header()) EXPECT_TRUE(planted.contains(column)) << column;
}

TEST(CatalogueMistakes, EachIsNamedWithItsLineColumnAndRemedy) {
  for (const auto& mistake : Mistakes()) {
    std::vector<Cells> lines = GoodLines();
    lines[mistake.line - 2][mistake.column] = mistake.cell;
    const std::string place =
        "line " + std::to_string(mistake.line) + ", column " + mistake.column + ": ";
    EXPECT_THAT(FaultsOf(lines), Contains(AllOf(HasSubstr(place), HasSubstr(mistake.said))));
  }
}

TEST(CatalogueMistakes, ManyAreNamedAtOnceInTheOrderOfTheFile) {
  std::vector<Cells> lines = GoodLines();
  std::set<std::pair<size_t, std::string>> planted;
  // A line of no known kind is not looked at further; the others are what a later column's mistake
  // is measured by (a unit by the measure, a deadline by the opening).
  const std::set<std::string> hides_others = {"record", "code", "measure", "minimum", "opens"};
  for (const auto& mistake : Mistakes()) {
    if (hides_others.contains(mistake.column)) continue;
    lines[mistake.line - 2][mistake.column] = mistake.cell;
    planted.emplace(mistake.line, mistake.column);
  }
  const CatalogueFile file = ParseCatalogueCsv(Csv(lines), "EU-GSC");
  EXPECT_THAT(file.rows, IsEmpty());
  size_t last = 0;
  for (const auto& fault : file.errors) {
    EXPECT_GE(fault.line, last);
    last = fault.line;
    planted.erase({fault.line, fault.column});
  }
  for (const auto& [line, column] : planted)
    ADD_FAILURE() << "not named: " << line << " " << column;
}

TEST(CatalogueMistakes, ATextInItsOwnLanguageTwice) {
  std::vector<Cells> lines = GoodLines();
  lines[0]["lang"] = "ru";
  EXPECT_THAT(FaultsOf(lines), ElementsAre(AllOf(HasSubstr("line 2, column title[ru]"),
                                                 HasSubstr("one of the two"))));
}

TEST(CatalogueMistakes, OnlyTextsHaveLanguages) {
  std::vector<std::string> faults;
  for (const auto& fault : ParseCatalogueCsv("record,code,period[ru]\n", "EU-GSC").errors) {
    faults.push_back(fault.Print());
  }
  EXPECT_THAT(faults, ElementsAre(HasSubstr("period is no text with a language")));
}

TEST(CatalogueMistakes, AWrongLanguageIsTheFaultOfItsColumn) {
  std::vector<std::string> faults;
  for (const auto& fault :
       ParseCatalogueCsv("record,code,title,title[kz]\nchapter,DDR,Demand,Сұраныс\n", "EU-GSC")
           .errors) {
    faults.push_back(fault.Print());
  }
  EXPECT_THAT(faults,
              ElementsAre(AllOf(HasSubstr("line 2, column title[kz]"), HasSubstr("probably kk"))));
}

TEST(CatalogueMistakes, ChaptersStandThreeDeepAtMostAndNotInACircle) {
  auto faults = [](const std::string& lines) {
    std::vector<std::string> out;
    for (const auto& fault :
         ParseCatalogueCsv("record,code,title,parent\n" + lines, "EU-GSC").errors) {
      out.push_back(fault.Print());
    }
    return out;
  };
  EXPECT_THAT(faults("chapter,A,a,\nchapter,B,b,A\nchapter,C,c,B\n"), IsEmpty());
  EXPECT_THAT(faults("chapter,A,a,\nchapter,B,b,A\nchapter,C,c,B\nchapter,D,d,C\n"),
              ElementsAre(AllOf(HasSubstr("line 5, column parent"), HasSubstr("3 deep"))));
  EXPECT_THAT(faults("chapter,A,a,B\nchapter,B,b,A\n"),
              ElementsAre(HasSubstr("line 2, column parent"), HasSubstr("line 3, column parent")));
}

}  // namespace
}  // namespace entente::meaning
