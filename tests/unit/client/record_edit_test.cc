// Changes to a record of the catalogue as a person types them.
#include "client/draft/record_edit.h"

#include "entente/v1/payload.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RecordEdit, SetsWordsListsNumbersAndTexts) {
  v1::Commitment commitment;
  EXPECT_TRUE(SetRecordField(commitment, {"timetable", "2014/2022"}).ok());
  EXPECT_TRUE(SetRecordField(commitment, {"addressees", "KG,KZ"}).ok());
  EXPECT_TRUE(SetRecordField(commitment, {"texts.ru", "Лечение"}).ok());
  EXPECT_TRUE(SetRecordField(commitment, {"texts", "Treatment"}).ok());
  EXPECT_TRUE(SetRecordField(commitment, {"texts.ru", "Лечение и помощь"}).ok());
  EXPECT_EQ(commitment.timetable(), "2014/2022");
  EXPECT_THAT(commitment.addressees(), ElementsAre("KG", "KZ"));
  ASSERT_EQ(commitment.texts_size(), 2);
  EXPECT_EQ(commitment.texts(0).text(), "Лечение и помощь");
  EXPECT_EQ(commitment.texts(1).lang(), "en");
  EXPECT_TRUE(SetRecordField(commitment, {"texts.ru", ""}).ok());
  ASSERT_EQ(commitment.texts_size(), 1);
  EXPECT_EQ(commitment.texts(0).text(), "Treatment");
  EXPECT_TRUE(SetRecordField(commitment, {"addressees", ""}).ok());
  EXPECT_EQ(commitment.addressees_size(), 0);
  v1::Indicator indicator;
  EXPECT_TRUE(SetRecordField(indicator, {"decimals", "2"}).ok());
  EXPECT_EQ(indicator.decimals(), 2u);
}

TEST(RecordEdit, NamesWhatThereIs) {
  v1::Commitment commitment;
  for (const char* name : {"timetabel", "common", "responsible", "code", ""}) {
    EXPECT_FALSE(SetRecordField(commitment, {name, "x"}).ok()) << name;
  }
  EXPECT_THAT(std::string(SetRecordField(commitment, {"timetabel", "x"}).message()),
              HasSubstr("did you mean timetable?"));
  v1::Indicator indicator;
  EXPECT_FALSE(SetRecordField(indicator, {"decimals", "two"}).ok());
  EXPECT_FALSE(SetRecordField(indicator, {"unit", "\xff"}).ok());
}

TEST(RecordEdit, TextIsPutIntoOneForm) {
  v1::Commitment commitment;
  EXPECT_TRUE(SetRecordField(commitment, {"texts.fr", "cafe\xcc\x81"}).ok());
  EXPECT_EQ(commitment.texts(0).text(), "caf\xc3\xa9");
}

}  // namespace
}  // namespace entente::client
