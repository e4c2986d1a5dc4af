#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/catalogue/csv.h"
#include "node/meaning/rules/projection.h"
#include "node/meaning/state/metrics.h"
#include "tests/support/source_dir.h"

namespace entente::meaning {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string ShippedText() {
  std::ifstream in(tests::SourceFile("deploy/catalogues/EUCA-2014.csv"));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const CatalogueFile& Shipped() {
  static const auto* file = new CatalogueFile(ParseCatalogueCsv(ShippedText(), "EU-GSC"));
  return *file;
}

std::vector<std::string> Printed(const std::vector<CatalogueFault>& faults) {
  std::vector<std::string> out;
  for (const auto& fault : faults) out.push_back(fault.Print());
  return out;
}

template <class Message>
std::vector<Message> All() {
  std::vector<Message> out;
  for (const auto& row : Shipped().rows) {
    if (const auto* message = std::get_if<Message>(&row.record)) out.push_back(*message);
  }
  return out;
}

TEST(ShippedCatalogue, IsReadWithoutErrorsOrWarnings) {
  EXPECT_THAT(Printed(Shipped().errors), IsEmpty());
  EXPECT_THAT(Printed(Shipped().warnings), IsEmpty());
  EXPECT_EQ(Shipped().instrument, "EUCA-2014");
}

TEST(ShippedCatalogue, HoldsEveryRecordOfThePlan) {
  EXPECT_THAT(All<v1::Instrument>(), SizeIs(1));
  EXPECT_THAT(All<v1::Chapter>(), SizeIs(5));
  EXPECT_THAT(All<v1::Commitment>(), SizeIs(26));
  EXPECT_THAT(All<v1::Indicator>(), SizeIs(13));
  EXPECT_THAT(All<v1::Round>(), SizeIs(2));
  EXPECT_THAT(All<v1::Intervention>(), SizeIs(23));
}

TEST(ShippedCatalogue, ComesInTheOrderInWhichRecordsReferToEachOther) {
  std::vector<uint32_t> kinds;
  for (const auto& row : Shipped().rows) {
    if (kinds.empty() || kinds.back() != row.kind) kinds.push_back(row.kind);
  }
  EXPECT_THAT(kinds, ElementsAre(v1::INSTRUMENT, v1::CHAPTER, v1::INDICATOR, v1::COMMITMENT,
                                 v1::ROUND, v1::INTERVENTION));
}

TEST(ShippedCatalogue, EveryLineNamesItsSource) {
  for (const auto& row : Shipped().rows) {
    std::string source = std::visit(
        [](const auto& message) -> std::string {
          if constexpr (requires { message.source(); }) {
            return message.source();
          } else {
            return "";
          }
        },
        row.record);
    EXPECT_NE(source, "") << "line " << row.line;
  }
}

TEST(ShippedCatalogue, EveryPayloadStandsInViews) {
  for (const auto& row : Shipped().rows) {
    RecordFacts facts;
    facts.kind = row.kind;
    facts.schema = 1;
    facts.delegation_code = "EU-GSC";
    Projection projection = Project(facts, row.payload);
    EXPECT_FALSE(projection.set_aside) << projection.set_aside->message;
    EXPECT_NE(projection.slot, "") << "line " << row.line;
  }
}

// The mid-term review of 12 October 2017 as its minutes have it: who of the five spoke on a
// chapter.
TEST(ShippedCatalogue, TheMinutesGiveTheKnownMatrixAndRates) {
  std::map<std::string, std::set<std::string>> spoke;
  for (const auto& said : All<v1::Intervention>()) spoke[said.chapter()].insert(said.speaker());
  const v1::Round round = All<v1::Round>()[0];
  ASSERT_EQ(round.code(), "MTR-2017");
  ASSERT_THAT(round.expected(), ElementsAre("KZ", "KG", "TJ", "TM", "UZ"));
  std::map<std::string, std::string> rates;
  std::vector<std::string> missing_on_demand;
  for (const auto& chapter : round.scope()) {
    std::vector<SlotState> slots;
    for (const auto& delegation : round.expected()) {
      bool said = spoke[chapter].contains(delegation);
      SlotState slot;
      slot.delegation = delegation;
      slot.subject = chapter;
      slot.state = said ? ReportState::kSubmitted : ReportState::kNone;
      slots.push_back(slot);
      if (chapter == "DDR" && !said) missing_on_demand.push_back(delegation);
    }
    RoundFigures figures = CountRound(slots);
    rates[chapter] = FormatRate(figures.reported, figures.expected);
  }
  EXPECT_THAT(missing_on_demand, ElementsAre("TJ", "TM"));
  EXPECT_EQ(rates["DDR"], "60.0");
  EXPECT_EQ(rates["DSR"], "0.0");
  EXPECT_EQ(rates["IRM"], "0.0");
  EXPECT_EQ(rates["WRC"], "20.0");
}

// ---- small files
// ---------------------------------------------------------------------------------

std::vector<std::string> ErrorsOf(const std::string& text) {
  return Printed(ParseCatalogueCsv(text, "EU-GSC").errors);
}

constexpr char kSmall[] =
    "record,code,title,period,nature,source\n"
    "instrument,EUCA-2014,The plan,2014/2020,action_plan,Somewhere\n"
    "chapter,DDR,Demand,,,Somewhere\n";

TEST(CatalogueCsv, ASmallFile) {
  CatalogueFile file = ParseCatalogueCsv(kSmall, "EU-GSC");
  EXPECT_THAT(Printed(file.errors), IsEmpty());
  ASSERT_THAT(file.rows, SizeIs(2));
  EXPECT_EQ(file.rows[1].reference, "EUCA-2014/DDR");
  EXPECT_EQ(file.rows[1].slot, "chapter/DDR");
  EXPECT_EQ(file.rows[1].line, 3u);
  v1::Chapter chapter;
  ASSERT_TRUE(chapter.ParseFromString(file.rows[1].payload));
  EXPECT_EQ(chapter.common().delegation(), "EU-GSC");
  EXPECT_EQ(chapter.titles(0).lang(), "en");
}

TEST(CatalogueCsv, ByteOrderMarkAndCarriageReturnsChangeNothing) {
  std::string windows = "\xEF\xBB\xBF";
  for (char c : std::string(kSmall)) windows += c == '\n' ? "\r\n" : std::string(1, c);
  CatalogueFile file = ParseCatalogueCsv(windows, "EU-GSC");
  EXPECT_THAT(Printed(file.errors), IsEmpty());
  ASSERT_THAT(file.rows, SizeIs(2));
  EXPECT_EQ(file.rows[1].line, 3u);
  EXPECT_EQ(file.rows[1].payload, ParseCatalogueCsv(kSmall, "EU-GSC").rows[1].payload);
}

TEST(CatalogueCsv, QuotedCellsMayHoldCommasQuotesAndLineBreaks) {
  CatalogueFile file = ParseCatalogueCsv(
      "record,code,title\nchapter,DDR,\"Prevention, \"\"care\"\"\nand more\"\nchapter,X,Y\n",
      "EU-GSC");
  EXPECT_THAT(Printed(file.errors), IsEmpty());
  ASSERT_THAT(file.rows, SizeIs(2));
  EXPECT_EQ(std::get<v1::Chapter>(file.rows[0].record).titles(0).text(),
            "Prevention, \"care\"\nand more");
  EXPECT_EQ(file.rows[1].line, 4u) << "the line break inside the cell counts";
}

TEST(CatalogueCsv, TextIsStoredInNfc) {
  CatalogueFile file = ParseCatalogueCsv(
      "record,code,title,lang\nchapter,DDR,"
      "\xD0\xB8\xCC\x86,ru\n",  // и + combining breve
      "EU-GSC");
  EXPECT_THAT(Printed(file.errors), IsEmpty());
  EXPECT_EQ(std::get<v1::Chapter>(file.rows.at(0).record).titles(0).text(), "й");
}

TEST(CatalogueCsv, AnUnknownColumnIsRefusedWithTheNearestName) {
  EXPECT_THAT(ErrorsOf("record,code,titel\nchapter,DDR,Demand\n"),
              ElementsAre("line 1, column titel: no such column; did you mean title?"));
}

TEST(CatalogueCsv, ColumnNamesMayBeWrittenAsWords) {
  EXPECT_THAT(ErrorsOf("Record,Code,Title,Responsible party\nchapter,DDR,Demand,\n"), IsEmpty());
}

TEST(CatalogueCsv, AnUnknownRecordIsRefusedWithTheNearestWord) {
  EXPECT_THAT(ErrorsOf("record,code,title\nchaptre,DDR,Demand\n"),
              ElementsAre(AllOf(HasSubstr("line 2, column record"), HasSubstr("mean chapter?"))));
}

TEST(CatalogueCsv, ACellThatDoesNotApplyIsRefused) {
  EXPECT_THAT(ErrorsOf("record,code,title,speaker\nchapter,DDR,Demand,KG\n"),
              ElementsAre(AllOf(HasSubstr("line 2, column speaker"), HasSubstr("does not apply"))));
}

TEST(CatalogueCsv, AllErrorsAreNamedAtOnce) {
  std::vector<std::string> errors = ErrorsOf(
      "record,code,title,action,nature,order,period,expected\n"
      "chapter,DDR,Demand,,,first,,\n"
      "commitment,DDR/1/2,,Do something,undertaking,,,\n"
      "commitment,DDR/02,,Do more,undertakin,,,\n"
      "round,MTR-2017,,,mid_term,,Q3 2017,\n");
  EXPECT_THAT(errors,
              ElementsAre(HasSubstr("line 2, column order: \"first\" is no whole number"),
                          HasSubstr("line 3, column code: E-CODE"),
                          AllOf(HasSubstr("line 4, column nature"), HasSubstr("mean undertaking?")),
                          AllOf(HasSubstr("line 5, column period"), HasSubstr("write 2017-Q3")),
                          HasSubstr("line 5, column expected: E-ROUND")));
}

TEST(CatalogueCsv, TheSameCodeTwiceIsRefusedAndTheFirstLineNamed) {
  EXPECT_THAT(ErrorsOf("record,code,title\nchapter,DDR,Demand\nchapter,DDR,Again\n"),
              ElementsAre(AllOf(HasSubstr("line 3, column code"), HasSubstr("line 2"))));
}

TEST(CatalogueCsv, ARecordThatIsNotInTheFileIsAWarning) {
  CatalogueFile file = ParseCatalogueCsv(
      "record,code,action,nature\ncommitment,XYZ/01,Do something,undertaking\n", "EU-GSC");
  EXPECT_THAT(Printed(file.errors), IsEmpty());
  EXPECT_THAT(Printed(file.warnings), ElementsAre(HasSubstr("E-REF code: needs chapter XYZ")));
}

TEST(CatalogueCsv, BrokenFilesSayWhatToDo) {
  EXPECT_THAT(ErrorsOf(""), ElementsAre(HasSubstr("the file is empty")));
  EXPECT_THAT(ErrorsOf("record;code;title\n"), ElementsAre(HasSubstr("semicolons")));
  EXPECT_THAT(ErrorsOf("\xFF\xFEr"), ::testing::Contains(HasSubstr("UTF-16")));
  EXPECT_THAT(ErrorsOf("record,code,title\nchapter,DDR,\xC3\x28\n"),
              ::testing::Contains(HasSubstr("not UTF-8")));
  EXPECT_THAT(ErrorsOf("record,code,title\nchapter,DDR,\"never ends\nand on\n"),
              ::testing::Contains(AllOf(HasSubstr("line 2"), HasSubstr("never ends"))));
  EXPECT_THAT(ErrorsOf("record,code\nchapter,DDR,Demand,reduction\n"),
              ElementsAre(HasSubstr("4 cells under 2 columns")));
  EXPECT_THAT(ErrorsOf("record,code,title\nchapter,DDR,Demand reduction\nchapter,DSR\n"),
              ElementsAre(AllOf(HasSubstr("line 3"), HasSubstr("cut short"))));
  EXPECT_THAT(ErrorsOf("record,code,title\n"), ElementsAre(HasSubstr("no records follow")));
}

TEST(CatalogueCsv, DimensionsMarkTotalsAndMandatoryOnes) {
  CatalogueFile file = ParseCatalogueCsv(
      "record,code,title,measure,unit,dimensions\n"
      "indicator,OST,Clients,unit,person,sex=F|M|T*; setting!=community|prison\n",
      "EU-GSC");
  ASSERT_THAT(Printed(file.errors), IsEmpty());
  const auto& indicator = std::get<v1::Indicator>(file.rows.at(0).record);
  ASSERT_EQ(indicator.dimensions_size(), 2);
  EXPECT_EQ(indicator.dimensions(0).total_code(), "T");
  EXPECT_THAT(indicator.dimensions(0).codes(), ElementsAre("F", "M", "T"));
  EXPECT_FALSE(indicator.dimensions(0).mandatory());
  EXPECT_TRUE(indicator.dimensions(1).mandatory());
}

}  // namespace
}  // namespace entente::meaning
