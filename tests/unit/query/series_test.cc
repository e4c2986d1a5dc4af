#include "node/query/record/series.h"

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "tests/unit/query/lookup_fixture.h"

namespace entente::query {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::IndicatorValue Value(const std::string& period, const std::string& number,
                         const std::string& status = "", const std::string& sex = "") {
  v1::IndicatorValue value;
  value.set_indicator("PREV-PARENTS");
  value.set_period(period);
  value.set_value(number);
  value.set_status(status);
  value.set_unit("person");
  if (number.empty()) value.set_note("not collected that year");
  if (!sex.empty()) {
    auto* dim = value.add_dims();
    dim->set_name("sex");
    dim->set_code(sex);
  }
  return value;
}

class SeriesTest : public LookupTest {
 protected:
  void SetUp() override {
    QueryTest::SetUp();
    Indicator("sum");
  }
  void Indicator(const std::string& aggregation) {
    v1::Indicator record;
    record.mutable_common()->set_delegation("EU-GSC");
    record.set_code("PREV-PARENTS");
    auto* title = record.add_titles();
    title->set_lang("en");
    title->set_text("Parents reached");
    record.set_level("output");
    record.set_measure("unit");
    record.set_unit("person");
    record.set_aggregation(aggregation);
    if (last_indicator_) record.mutable_common()->add_supersedes(last_indicator_->str());
    const Entry entry = Written(desk_, plan_.sec_chain, v1::INDICATOR, record.SerializeAsString());
    last_indicator_ = entry.id;
    Take({entry});
  }
  Entry Report(support::Pen& pen, const std::string& delegation, const std::string& commitment,
               const std::vector<v1::IndicatorValue>& values,
               std::vector<EntryId> supersedes = {}) {
    v1::Report report;
    report.ParseFromString(support::ReportPayload(delegation, commitment, "Text.", supersedes));
    for (const v1::IndicatorValue& value : values) *report.add_values() = value;
    return Written(pen, delegation == "KG" ? plan_.kg_chain : plan_.kz_chain, v1::REPORT,
                   report.SerializeAsString());
  }
  v1::Table Ask(v1::SeriesRequest request = {}) {
    ReadIn();
    request.set_indicator("PREV-PARENTS");
    const auto table = Series(AskAsOf(request.as_of()), request);
    EXPECT_TRUE(table.ok()) << table.status();
    return table.ok() ? *table : v1::Table();
  }
  static std::vector<std::string> Line(const v1::Table& table, int n) {
    return {table.rows(n).cells().begin(), table.rows(n).cells().end()};
  }
  static std::vector<std::string> Notes(const v1::Table& table) {
    return {table.notes().begin(), table.notes().end()};
  }

  support::Pen desk_ = plan_.PenOf(plan_.desk), kz_ = plan_.PenOf(plan_.kz);
  std::optional<EntryId> last_indicator_;
};

TEST_F(SeriesTest, LettersEstimatesAndTotals) {
  Take({Report(pen_, "KG", "DDR/01", {Value("2016", "11000", "E"), Value("2017", "", "L")}),
        Report(kz_, "KZ", "DDR/01", {Value("2016", "4000", "E"), Value("2017", "4200", "P")})});
  const v1::Table table = Ask();
  ASSERT_EQ(table.rows_size(), 2);
  EXPECT_THAT(Line(table, 0),
              ElementsAre("2016", "11000 E", "4000 E", "15000", "2 of 2, 2 estimated"));
  EXPECT_THAT(Line(table, 1),
              ElementsAre("2017", "L", "4200 P", "4200", "1 of 2, 1 without a number"));
  EXPECT_THAT(Notes(table), Contains(HasSubstr("L not collected")));
}

TEST_F(SeriesTest, NoTotalWhereTheCatalogueSaysNone) {
  Indicator("none");
  Take({Report(pen_, "KG", "DDR/01", {Value("2016", "11000")}),
        Report(kz_, "KZ", "DDR/01", {Value("2016", "4000")})});
  const v1::Table table = Ask();
  EXPECT_THAT(Line(table, 0), ElementsAre("2016", "11000", "4000"));
  EXPECT_THAT(Notes(table), Contains(HasSubstr("not to be added up")));
}

TEST_F(SeriesTest, AMeanIsAMean) {
  Indicator("mean");
  Take({Report(pen_, "KG", "DDR/01", {Value("2016", "10")}),
        Report(kz_, "KZ", "DDR/01", {Value("2016", "15")})});
  EXPECT_THAT(Line(Ask(), 0), ElementsAre("2016", "10", "15", "12.50", "2 of 2"));
}

// A published figure is corrected: the new one is shown, the old one as of then.
TEST_F(SeriesTest, ACorrectedValueIsShownAsCorrected) {
  const Entry first = Report(pen_, "KG", "DDR/01", {Value("2016", "28800")});
  Take({first});
  const std::string then = Frontier();
  Take({Report(pen_, "KG", "DDR/01", {Value("2016", "30000")}, {first.id})});
  EXPECT_THAT(Line(Ask(), 0), ElementsAre("2016", "30000", "30000", "1 of 1"));
  v1::SeriesRequest request;
  request.set_as_of(then);
  EXPECT_THAT(Line(Ask(request), 0), ElementsAre("2016", "28800", "28800", "1 of 1"));
}

TEST_F(SeriesTest, ADelegationWithANewCodeKeepsItsHistory) {
  v1::Report report;
  report.ParseFromString(support::ReportPayload("KGZ", "DDR/01", "Text.", {}));
  *report.add_values() = Value("2016", "430");
  Take({Written(pen_, plan_.kg_chain, v1::REPORT, report.SerializeAsString())});
  ReadIn();
  support::Chain charter = plan_.charter;
  charter.Add({ledger::act::Admit{plan_.kg_chain.id(), "KGZ", ledger::DelegationRole::kParty}});
  store_.Notes(charter.files());
  EXPECT_THAT(Column(Ask(), "KGZ"), ElementsAre("430"));
}

TEST_F(SeriesTest, StatedInTwoSlotsTheLaterIsShownAndTheOtherNamed) {
  Take({Report(pen_, "KG", "DDR/01", {Value("2016", "28800")}),
        Report(pen_, "KG", "DDR/02", {Value("2016", "30000")})});
  const v1::Table table = Ask();
  EXPECT_EQ(Line(table, 0)[1], "30000");
  EXPECT_THAT(Notes(table), Contains(HasSubstr("restated: KG 2016 was 28800")));
}

TEST_F(SeriesTest, VersionsInConflictAreBothShownAndLeftOutOfTheTotal) {
  support::Pen second = plan_.PenOf(plan_.kg2);
  Take({Report(pen_, "KG", "DDR/01", {Value("2016", "430")}),
        Report(second, "KG", "DDR/01", {Value("2016", "450")}),
        Report(kz_, "KZ", "DDR/01", {Value("2016", "7")})});
  const v1::Table table = Ask();
  EXPECT_THAT(Line(table, 0)[1], HasSubstr("430"));
  EXPECT_THAT(Line(table, 0)[1], HasSubstr("450"));
  EXPECT_THAT(Line(table, 0)[1], HasSubstr("‡"));
  EXPECT_EQ(Line(table, 0)[3], "7");
  EXPECT_THAT(Line(table, 0)[4], HasSubstr("1 in conflict left out"));
}

TEST_F(SeriesTest, DimensionsMakeLinesAndCanBeAskedFor) {
  Take(
      {Report(pen_, "KG", "DDR/01", {Value("2016", "30", "", "F"), Value("2016", "50", "", "T")})});
  EXPECT_THAT(Column(Ask(), "dims"), ElementsAre("sex=F", "sex=T"));
  v1::SeriesRequest request;
  request.add_dims("sex=T");
  EXPECT_THAT(Column(Ask(request), "KG"), ElementsAre("50"));
}

TEST_F(SeriesTest, FromAndToBoundThePeriods) {
  Take({Report(
      pen_, "KG", "DDR/01",
      {Value("2015", "1"), Value("2016", "2"), Value("2017-Q1", "3"), Value("2018", "4")})});
  v1::SeriesRequest request;
  request.set_from("2016");
  request.set_to("2017");
  EXPECT_THAT(Column(Ask(request), "period"), ElementsAre("2016", "2017-Q1"));
}

TEST_F(SeriesTest, TheLongFormHasARowAValue) {
  Take({Report(pen_, "KG", "DDR/01", {Value("2016", "11000", "E")}),
        Report(kz_, "KZ", "DDR/01", {Value("2016", "", "L")})});
  v1::SeriesRequest request;
  request.set_long_form(true);
  const v1::Table table = Ask(request);
  EXPECT_THAT(Column(table, "delegation"), ElementsAre("KG", "KZ"));
  EXPECT_THAT(Column(table, "value"), ElementsAre("11000", ""));
  EXPECT_THAT(Column(table, "status"), ElementsAre("E", "L"));
}

TEST_F(SeriesTest, MistakesAreNamed) {
  ReadIn();
  v1::SeriesRequest request;
  request.set_indicator("PREV-PARENT");
  auto unknown = Series(AskAsOf(""), request);
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(unknown.status().message()), HasSubstr("PREV-PARENTS"));
  request.set_indicator("PREV-PARENTS");
  request.set_from("Q3 2017");
  EXPECT_THAT(std::string(Series(AskAsOf(""), request).status().message()), HasSubstr("--from"));
  request.clear_from();
  request.add_dims("sex");
  EXPECT_THAT(std::string(Series(AskAsOf(""), request).status().message()), HasSubstr("sex=T"));
  request.clear_dims();
  request.add_delegations("KGZ");
  EXPECT_EQ(Series(AskAsOf(""), request).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Ask().rows(), IsEmpty());
}

}  // namespace
}  // namespace entente::query
