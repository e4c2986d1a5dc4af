#include "node/meaning/state/standing_value.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::meaning {
namespace {

using ::testing::ElementsAre;

v1::IndicatorValue Value(const std::string& number, const std::string& letter = "",
                         bool approximate = false, v1::Trend trend = v1::TREND_UNSPECIFIED) {
  v1::IndicatorValue value;
  value.set_value(number);
  value.set_status(letter);
  value.set_approximate(approximate);
  value.set_trend(trend);
  return value;
}

std::vector<std::string> Numbers(const std::vector<Statement>& statements) {
  std::vector<std::string> out;
  for (const Statement& one : statements) out.push_back(one.value.value());
  return out;
}

TEST(SameValue, IsWhatTablesShowAlike) {
  EXPECT_TRUE(SameValue(Value("430"), Value("430", "A")));
  EXPECT_FALSE(SameValue(Value("430"), Value("430", "E")));
  EXPECT_FALSE(SameValue(Value("430"), Value("430", "", true)));
  EXPECT_FALSE(SameValue(Value("", "L"), Value("", "M")));
  EXPECT_TRUE(SameValue(Value("", "L", true), Value("", "L")));
  EXPECT_TRUE(
      SameValue(Value("1", "", false, v1::TREND_DOWN), Value("2", "", false, v1::TREND_DOWN)));
  EXPECT_FALSE(SameValue(Value("", "", false, v1::TREND_DOWN), Value("")));
}

TEST(StandingOf, VersionsThatDifferAllStandAndThoseThatAgreeAreOne) {
  EXPECT_THAT(Numbers(StandingOf<Statement>(
                          {{"s", {{2, "b", "s", Value("57")}, {1, "a", "s", Value("40")}}}})
                          .stands),
              ElementsAre("40", "57"));
  const auto agreed =
      StandingOf<Statement>({{"s", {{1, "a", "s", Value("57")}, {2, "b", "s", Value("57")}}}});
  EXPECT_FALSE(agreed.conflict());
  EXPECT_EQ(agreed.stands[0].entry, "b");
}

TEST(StandingOf, OfTwoSlotsTheOneSignedLastStandsWhicheverIsNamedFirst) {
  for (const bool swapped : {false, true}) {
    const std::string early = swapped ? "z" : "a", late = swapped ? "a" : "z";
    const auto out = StandingOf<Statement>(
        {{early, {{1, "e", early, Value("40")}}}, {late, {{2, "l", late, Value("57")}}}});
    EXPECT_THAT(Numbers(out.stands), ElementsAre("57"));
    ASSERT_TRUE(out.before);
    EXPECT_EQ(out.before->slot, early);
  }
}

}  // namespace
}  // namespace entente::meaning
