#include "node/meaning/value/period.h"

#include "gtest/gtest.h"

namespace entente::meaning {
namespace {

std::string Range(const std::string& text) {
  auto period = ParsePeriod(text);
  return period ? PrintDate(period->first) + ".." + PrintDate(period->last) : "none";
}

TEST(Period, CanonicalForms) {
  EXPECT_EQ(Range("2017"), "2017-01-01..2017-12-31");
  EXPECT_EQ(Range("2017-S1"), "2017-01-01..2017-06-30");
  EXPECT_EQ(Range("2017-S2"), "2017-07-01..2017-12-31");
  EXPECT_EQ(Range("2017-Q3"), "2017-07-01..2017-09-30");
  EXPECT_EQ(Range("2016-02"), "2016-02-01..2016-02-29");
  EXPECT_EQ(Range("2017-10-12"), "2017-10-12..2017-10-12");
  EXPECT_EQ(Range("2014/2020"), "2014-01-01..2020-12-31");
  EXPECT_EQ(Range("2014-01-01/2020-12-31"), "2014-01-01..2020-12-31");
  EXPECT_EQ(Range("2017-03/2017-05"), "2017-03-01..2017-05-31");
}

TEST(Period, WhatIsNone) {
  for (const char* bad : {"", "17", "2017-Q5", "2017-S3", "2017-13", "2017-00", "2017-02-29",
                          "2017Q3", "2017-q3", "2014/2020-12-31", "2017-Q1/2017-Q2", "2014/",
                          "/2020", "0000", "2017 ", "2014/2015/2016"}) {
    EXPECT_EQ(Range(bad), "none") << bad;
  }
}

TEST(Period, AnIntervalInTheWrongOrderIsReadButNotInOrder) {
  EXPECT_FALSE(ParsePeriod("2020/2014")->InOrder());
  EXPECT_TRUE(ParsePeriod("2014/2014")->InOrder());
}

TEST(Period, Contains) {
  auto whole = *ParsePeriod("2014/2017");
  EXPECT_TRUE(whole.Contains(*ParsePeriod("2014")));
  EXPECT_TRUE(whole.Contains(*ParsePeriod("2017-12-31")));
  EXPECT_FALSE(whole.Contains(*ParsePeriod("2013")));
  EXPECT_FALSE(whole.Contains(*ParsePeriod("2017-12/2018-01")));
}

TEST(Period, WhatPeopleTypeBecomesCanonical) {
  EXPECT_EQ(CanonicalPeriod("2017"), "2017");
  EXPECT_EQ(CanonicalPeriod("2017Q3"), "2017-Q3");
  EXPECT_EQ(CanonicalPeriod("Q3 2017"), "2017-Q3");
  EXPECT_EQ(CanonicalPeriod("q3/2017"), "2017-Q3");
  EXPECT_EQ(CanonicalPeriod("2017S1"), "2017-S1");
  EXPECT_EQ(CanonicalPeriod("201706"), "2017-06");
  EXPECT_EQ(CanonicalPeriod("06.2017"), "2017-06");
  EXPECT_EQ(CanonicalPeriod("2017-q3"), "2017-Q3");
  EXPECT_EQ(CanonicalPeriod("last year"), "");
  EXPECT_EQ(CanonicalPeriod("Q5 2017"), "");
}

TEST(Date, DayNumbersGoThereAndBack) {
  EXPECT_EQ(DayNumber({1970, 1, 1}), 0);
  EXPECT_EQ(DayNumber({2017, 9, 15}), 17424);
  for (int64_t day = -200'000; day <= 200'000; day += 37) {
    ASSERT_EQ(DayNumber(DateOfDay(day)), day);
  }
}

TEST(Date, EndOfDayInAZone) {
  EXPECT_EQ(EndOfDayMs({1970, 1, 1}, 0), 86'400'000);
  EXPECT_EQ(EndOfDayMs({1970, 1, 1}, 60), 86'400'000 - 3'600'000);
  EXPECT_EQ(ParseZone("-03:30"), -210);
  EXPECT_FALSE(ParseZone("+1"));
  EXPECT_FALSE(ParseZone("+15:00"));
}

}  // namespace
}  // namespace entente::meaning
