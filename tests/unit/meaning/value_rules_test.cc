// Every rule of indicator values: one case that breaks it and one that just does not.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/meaning/rules/validate.h"
#include "tests/unit/meaning/findings.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kWrittenMs = 1'504'224'000'000;  // 2017-09-01

std::vector<Finding> CheckWith(const MemoryCatalogue& catalogue,
                               const std::vector<v1::IndicatorValue>& values,
                               Moment moment = Moment::kDraft) {
  v1::Report report = GoodReport();
  for (const auto& value : values) *report.add_values() = value;
  return CheckReport(report, catalogue, moment, kWrittenMs);
}

std::vector<Finding> Check(const v1::IndicatorValue& value, Moment moment = Moment::kDraft) {
  return CheckWith(GoodCatalogue(), {value}, moment);
}

v1::IndicatorValue With(const std::string& number) {
  v1::IndicatorValue value = GoodValue();
  value.set_value(number);
  return value;
}

v1::IndicatorValue BySex(const std::string& code, const std::string& number) {
  v1::IndicatorValue value = With(number);
  auto* dim = value.add_dims();
  dim->set_name("sex");
  dim->set_code(code);
  return value;
}

TEST(ValueRules, AGoodValueHasNoFindings) { EXPECT_THAT(Messages(Check(GoodValue())), IsEmpty()); }

TEST(ValueRules, ANumberHasDigitsAndADot) {
  Finding finding = Get(Check(With("1 234,5")), "E-NUM");
  EXPECT_EQ(finding.field, "values[OST-CLIENTS].value");
  EXPECT_THAT(finding.message, HasSubstr("\"1 234,5\""));
  EXPECT_THAT(finding.message, HasSubstr("write 1234.5"));
  for (const char* bad : {"1e3", "+5", "1,5", "4.", ".5", "1'000", "NaN", "0x1"}) {
    EXPECT_TRUE(Has(Check(With(bad)), "E-NUM")) << bad;
  }
  for (const char* good : {"0", "430", "1234"}) {
    EXPECT_FALSE(Has(Check(With(good)), "E-NUM")) << good;
  }
}

TEST(ValueRules, DecimalsAsManyAsTheIndicatorTakes) {
  EXPECT_EQ(Get(Check(With("430.5")), "E-NUM-DEC").severity, Severity::kRefuse);
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.indicators["OST-CLIENTS"].set_decimals(1);
  EXPECT_FALSE(Has(CheckWith(catalogue, {With("430.5")}), "E-NUM-DEC"));
}

TEST(ValueRules, OutOfRangeIsFlagged) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.indicators["OST-CLIENTS"].set_measure("percentage");
  Finding finding = Get(CheckWith(catalogue, {With("101")}), "W-NUM-RANGE");
  EXPECT_EQ(finding.severity, Severity::kFlag);
  EXPECT_THAT(finding.message, HasSubstr("above the indicator's maximum 100 (%)"));
  EXPECT_TRUE(Has(CheckWith(catalogue, {With("-1")}), "W-NUM-RANGE"));
  EXPECT_FALSE(Has(CheckWith(catalogue, {With("100")}), "W-NUM-RANGE"));
  catalogue.indicators["OST-CLIENTS"].set_maximum("150");
  EXPECT_FALSE(Has(CheckWith(catalogue, {With("101")}), "W-NUM-RANGE"))
      << "allowed by the indicator";
}

TEST(ValueRules, AQualitativeIndicatorTakesATrend) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.indicators["OST-CLIENTS"].set_measure("qualitative");
  EXPECT_EQ(Get(CheckWith(catalogue, {GoodValue()}), "E-QUAL").severity, Severity::kRefuse);
  v1::IndicatorValue trend = GoodValue();
  trend.clear_value();
  trend.set_trend(v1::TREND_DOWN);
  EXPECT_FALSE(Has(CheckWith(catalogue, {trend}), "E-QUAL"));
  EXPECT_TRUE(Has(Check(trend), "E-QUAL")) << "a counted indicator wants a number";
}

TEST(ValueRules, AnEmptyValueSaysWhy) {
  v1::IndicatorValue value = GoodValue();
  value.clear_value();
  EXPECT_THAT(Get(Check(value), "E-MISSING").message, HasSubstr("say why"));
  value.set_status("L");
  EXPECT_EQ(Get(Check(value), "E-MISSING").field, "values[OST-CLIENTS].note");
  value.set_note("The register starts in 2018");
  EXPECT_THAT(Messages(Check(value)), IsEmpty());
  value.set_value("3");
  EXPECT_TRUE(Has(Check(value), "E-MISSING")) << "missing and given at once";
}

TEST(ValueRules, StatusLettersAreOfTheList) {
  v1::IndicatorValue value = GoodValue();
  value.set_status("X");
  EXPECT_EQ(Get(Check(value), "E-STATUS").field, "values[OST-CLIENTS].status");
  value.set_status("E");
  EXPECT_FALSE(Has(Check(value), "E-STATUS"));
}

TEST(ValueRules, TheUnitIsTheIndicators) {
  v1::IndicatorValue value = GoodValue();
  value.set_unit("g");
  EXPECT_THAT(Get(Check(value), "E-UNIT").message,
              HasSubstr("g given, indicator OST-CLIENTS wants person"));
  value.clear_unit();
  EXPECT_FALSE(Has(Check(value), "E-UNIT"));
}

TEST(ValueRules, DimensionsAreTheIndicators) {
  EXPECT_THAT(Get(Check(BySex("X", "1")), "E-DIM").message, HasSubstr("use one of F, M, T"));
  EXPECT_FALSE(Has(Check(BySex("F", "1")), "E-DIM"));
  v1::IndicatorValue value = GoodValue();
  value.add_dims()->set_name("sexe");
  EXPECT_THAT(Get(Check(value), "E-DIM").message, HasSubstr("did you mean sex?"));
}

TEST(ValueRules, AMandatoryDimensionIsGiven) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.indicators["OST-CLIENTS"].mutable_dimensions(0)->set_mandatory(true);
  EXPECT_TRUE(Has(CheckWith(catalogue, {GoodValue()}), "E-DIM"));
  EXPECT_FALSE(Has(CheckWith(catalogue, {BySex("T", "430")}), "E-DIM"));
}

TEST(ValueRules, OneValuePerKey) {
  EXPECT_EQ(Get(CheckWith(GoodCatalogue(), {With("1"), With("2")}), "E-DIM-DUP").severity,
            Severity::kRefuse);
  v1::IndicatorValue other = With("2");
  other.set_period("2017");
  EXPECT_FALSE(Has(CheckWith(GoodCatalogue(), {With("1"), other}), "E-DIM-DUP"));
}

TEST(ValueRules, PartsAddUpToTheTotal) {
  auto parts = [](const std::string& total) {
    return CheckWith(GoodCatalogue(), {BySex("F", "120"), BySex("M", "310"), BySex("T", total)});
  };
  EXPECT_THAT(Get(parts("450"), "W-DIM-SUM").message,
              HasSubstr("F 120 + M 310 = 430, the total says 450"));
  EXPECT_FALSE(Has(parts("430"), "W-DIM-SUM"));
  EXPECT_FALSE(Has(CheckWith(GoodCatalogue(), {BySex("F", "120"), BySex("T", "450")}), "W-DIM-SUM"))
      << "with a part missing there is nothing to compare";
}

TEST(ValueRules, FarFromTheLastValueIsFlagged) {
  MemoryCatalogue catalogue = GoodCatalogue();
  catalogue.past_values["OST-CLIENTS"] = "43";
  EXPECT_FALSE(Has(CheckWith(catalogue, {With("430")}), "W-OUTLIER")) << "ten times is not more";
  EXPECT_EQ(Get(CheckWith(catalogue, {With("431")}), "W-OUTLIER").severity, Severity::kFlag);
  EXPECT_TRUE(Has(CheckWith(catalogue, {With("4")}), "W-OUTLIER"));
}

TEST(ValueRules, AnotherPeriodThanTheReportsIsShown) {
  v1::Report report = GoodReport();
  report.set_period("2017");
  *report.add_values() = GoodValue();  // data of 2016
  EXPECT_EQ(Get(CheckReport(report, GoodCatalogue(), Moment::kDraft, kWrittenMs), "W-PERIOD-DATA")
                .severity,
            Severity::kFlag);
  report.set_period("2016");
  EXPECT_FALSE(
      Has(CheckReport(report, GoodCatalogue(), Moment::kDraft, kWrittenMs), "W-PERIOD-DATA"));
}

TEST(ValueRules, AnActualNeedsAPastPeriodWhileThereIsAClock) {
  v1::IndicatorValue value = GoodValue();
  value.set_period("2018");
  EXPECT_EQ(Get(Check(value), "E-PERIOD-FUTURE").severity, Severity::kRefuse);
  EXPECT_FALSE(Has(Check(value, Moment::kLog), "E-PERIOD-FUTURE"));
  value.set_period("2017-Q3");
  EXPECT_FALSE(Has(Check(value), "E-PERIOD-FUTURE"));
}

TEST(ValueRules, AnIndicatorThatIsNotHereIsHeld) {
  v1::IndicatorValue value = GoodValue();
  value.set_indicator("OST-CLIENT");
  Finding finding = Get(Check(value), "E-REF");
  EXPECT_EQ(finding.severity, Severity::kHold);
  EXPECT_THAT(finding.message, HasSubstr("did you mean OST-CLIENTS?"));
}

TEST(ValueRules, AValuesPeriodIsCanonical) {
  v1::IndicatorValue value = GoodValue();
  value.set_period("2017Q3");
  EXPECT_THAT(Get(Check(value), "E-PERIOD-FMT").message, HasSubstr("write 2017-Q3"));
}

}  // namespace
}  // namespace entente::meaning
