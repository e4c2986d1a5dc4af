#include "node/meaning/value/decimal.h"

#include "gtest/gtest.h"

namespace entente::meaning {
namespace {

TEST(Decimal, Grammar) {
  for (const char* good : {"0", "-1", "1234.5", "000", "999999999999999999.999999999", "-0.0"}) {
    EXPECT_TRUE(Decimal::Parse(good)) << good;
  }
  for (const char* bad : {"", "-", "+1", ".5", "1.", "1,5", "1 000", "1e3", "1.2.3", "0x10", "١",
                          "1234567890123456789", "0.1234567890"}) {
    EXPECT_FALSE(Decimal::Parse(bad)) << bad;
  }
}

TEST(Decimal, ComparesByValueAndNotByText) {
  EXPECT_EQ(*Decimal::Parse("1.50"), *Decimal::Parse("1.5"));
  EXPECT_LT(*Decimal::Parse("-2"), *Decimal::Parse("-1.999"));
  EXPECT_GT(*Decimal::Parse("10"), *Decimal::Parse("9.999999999"));
}

TEST(Decimal, AddsAndPrintsExactly) {
  EXPECT_EQ((*Decimal::Parse("0.1") + *Decimal::Parse("0.2")).Print(), "0.3");
  EXPECT_EQ((*Decimal::Parse("-1.25") + *Decimal::Parse("0.5")).Print(), "-0.75");
  EXPECT_EQ(Decimal::Parse("430")->Print(), "430");
  EXPECT_EQ(Decimal::Parse("0.000000001")->Print(), "0.000000001");
}

TEST(Decimal, FarFromMeansMoreThanTenTimes) {
  EXPECT_FALSE(Decimal::Parse("10")->FarFrom(*Decimal::Parse("1")));
  EXPECT_TRUE(Decimal::Parse("10.1")->FarFrom(*Decimal::Parse("1")));
  EXPECT_TRUE(Decimal::Parse("1")->FarFrom(*Decimal::Parse("-11")));
  EXPECT_FALSE(Decimal::Parse("0")->FarFrom(*Decimal::Parse("1000")));
}

TEST(LikelyDecimal, ReadsWhatPeopleType) {
  EXPECT_EQ(LikelyDecimal("1 234,5"), "1234.5");
  EXPECT_EQ(LikelyDecimal("1\xC2\xA0"
                          "234"),
            "1234");
  EXPECT_EQ(LikelyDecimal("12,345,678.9"), "12345678.9");
  EXPECT_EQ(LikelyDecimal("+5"), "5");
  EXPECT_EQ(LikelyDecimal("about 5"), "");
}

}  // namespace
}  // namespace entente::meaning
