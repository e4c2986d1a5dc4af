// A record's fields as a reader of French or Russian sees them; what is typed stays.
#include "client/base/field_language.h"

#include "client/draft/record_text.h"
#include "client/language/tongue.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/payload.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string In(const char* lang, const char* field) { return FieldIn(field, *PhrasesIn(lang)); }
std::string ValueIn(const char* lang, const char* field, const char* value) {
  return FieldValueIn(field, value, *PhrasesIn(lang));
}

TEST(FieldLanguage, NamesAreSaidAndWhatStandsInBracketsStays) {
  EXPECT_EQ(In("fr", "implementation"), "mise en œuvre");
  EXPECT_EQ(In("ru", "values[OST-CLIENTS 2016 sex=T].value"),
            "значения[OST-CLIENTS 2016 sex=T] › значение");
  EXPECT_EQ(In("ru", "common.doc_refs[1]"), "документы[1]");
  EXPECT_EQ(In("fr", "attachments[order.pdf].title"), "pièces jointes[order.pdf] › titre");
  EXPECT_EQ(In("en", "narratives[ru].text"), "narratives[ru].text");
  EXPECT_EQ(In("fr", "narratives.of_tomorrow"), "narratives.of_tomorrow") << "all or none";
}

TEST(FieldLanguage, WordsDatesAndNumbersAreSaidTextsStay) {
  EXPECT_EQ(ValueIn("ru", "implementation", "in_progress"), "выполняется");
  EXPECT_EQ(ValueIn("fr", "common.classification", "PUBLIC"), "public");
  EXPECT_EQ(ValueIn("ru", "milestones[1].date", "2017-03-01"), "01.03.2017");
  EXPECT_EQ(ValueIn("ru", "values[OST-CLIENTS].value", "14305.5"), "14\u00a0305,5");
  EXPECT_EQ(ValueIn("fr", "milestones.done", "true"), "oui");
  EXPECT_EQ(ValueIn("ru", "narratives[en].text", "in_progress"), "in_progress");
  EXPECT_EQ(ValueIn("fr", "code", "DDR/08"), "DDR/08");
  EXPECT_EQ(ValueIn("en", "values.value", "14305.5"), "14305.5");
  EXPECT_EQ(ValueIn("en", "common.classification", "PUBLIC"), "PUBLIC");
}

std::string Commitment(const char* timetable) {
  v1::Commitment commitment;
  commitment.mutable_common()->set_delegation("EU-GSC");
  commitment.set_code("DDR/08");
  commitment.set_nature("undertaking");
  if (*timetable != '\0') commitment.set_timetable(timetable);
  return commitment.SerializeAsString();
}

TEST(FieldLanguage, APayloadAndWhatChangesInItAreReadable) {
  const std::unique_ptr<Phrases> ru = PhrasesIn("ru");
  const std::string text = PayloadText(v1::COMMITMENT, 1, Commitment("ongoing"), *ru);
  EXPECT_THAT(text, HasSubstr("  характер: обязательство\n"));
  EXPECT_THAT(text, HasSubstr("  сроки выполнения: постоянно\n"));
  EXPECT_THAT(text, Not(HasSubstr("timetable")));
  EXPECT_EQ(ChangesText(v1::COMMITMENT, Commitment(""), Commitment("2014/2022"), *ru),
            "  сроки выполнения: (ничего) -> 2014/2022\n");
  EXPECT_EQ(ChangesText(v1::COMMITMENT, Commitment("ongoing"), Commitment(""), Phrases()),
            "  timetable: ongoing -> (nothing)\n");
  EXPECT_EQ(ChangesText(v1::COMMITMENT, Commitment("2014"), Commitment("2014"), *ru), "");
}

}  // namespace
}  // namespace entente::client
