// What can be looked for in a payload, taken from its bytes: against going through the message.
#include "node/meaning/record/search_texts.h"

#include "entente/v1/entry.pb.h"
#include "gmock/gmock.h"
#include "node/meaning/record/record.h"
#include "tests/unit/meaning/record_samples.h"

namespace entente::meaning::texts {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Of(uint32_t kind, const std::string& payload) {
  std::vector<std::string> out;
  for (absl::string_view text : SearchTexts(kind, 1, payload)) out.emplace_back(text);
  return out;
}

// The slow and obvious way.
void Collect(const Message& message, std::vector<std::string>& out) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);  // by number
  for (const FieldDescriptor* field : fields) {
    const bool inner = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (inner ? field->message_type() == v1::Common::descriptor()
              : field->type() != FieldDescriptor::TYPE_STRING || field->name() == "lang")
      continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int n = 0; n < count; ++n) {
      if (inner) {
        Collect(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, n)
                                     : reflection->GetMessage(message, field),
                out);
        continue;
      }
      out.push_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, n)
                                         : reflection->GetString(message, field));
    }
  }
}

template <class Record>
void ExpectSame(uint32_t kind, const Record& record) {
  std::vector<std::string> expected;
  Collect(record, expected);
  std::erase(expected, "");
  const std::string payload = record.SerializeAsString();
  EXPECT_EQ(Of(kind, payload), expected) << record.DebugString();
  for (size_t cut = 0; cut < payload.size(); ++cut)
    EXPECT_LE(Of(kind, payload.substr(0, cut)).size(), expected.size());
}

TEST(SearchTexts, AreAllTextsAndCodesButCommonAndLanguages) {
  v1::Report report;
  report.mutable_common()->set_delegation("KG");
  report.mutable_common()->set_lang("ru");
  report.mutable_subject()->set_code("DDR/08");
  auto* text = report.add_narratives();
  text->set_lang("ru");
  text->set_text("Её");
  report.add_milestones()->set_text("first step");
  report.add_values()->set_note("by the ministry");
  EXPECT_THAT(Of(v1::REPORT, report.SerializeAsString()),
              ElementsAre("DDR/08", "Её", "first step", "by the ministry"));
}

TEST(SearchTexts, AreThoseOfTheMessage) {
  ExpectSame(v1::REPORT, GoodReport());
  ExpectSame(v1::COMMITMENT, GoodCommitment());
  ExpectSame(v1::INDICATOR, GoodIndicator());
  ExpectSame(v1::ROUND, GoodRound());
  ExpectSame(v1::REVIEW, GoodReview());
  ExpectSame(v1::COMMENT, GoodComment());
  ExpectSame(v1::AGENDA_ITEM, GoodAgendaItem());
  ExpectSame(v1::TRANSLATION, GoodTranslation());
}

// protobuf takes a tag of five bytes for one of 32 bits: what it reads is found.
TEST(SearchTexts, AreFoundBehindATagWithBitsTooMany) {
  v1::Report report;
  const std::string payload(
      "\xa2\x80\x80\x80\x10\x04"
      "2017",
      10);  // field 4
  ASSERT_TRUE(report.ParseFromString(payload));
  ASSERT_EQ(report.period(), "2017");
  EXPECT_THAT(SearchTexts(v1::REPORT, 1, payload), ElementsAre("2017"));
}

TEST(SearchTexts, OfANewerVersionAreNone) {
  const std::string payload = GoodReport().SerializeAsString();
  EXPECT_THAT(SearchTexts(v1::REPORT, 4, payload), IsEmpty());
  EXPECT_THAT(SearchTexts(2999, 1, payload), IsEmpty());
}

TEST(HasField, SaysWhetherItIsThere) {
  v1::Report report = GoodReport();
  report.clear_values();
  EXPECT_FALSE(HasField(report.SerializeAsString(), v1::Report::kValuesFieldNumber));
  report.add_values();
  EXPECT_TRUE(HasField(report.SerializeAsString(), v1::Report::kValuesFieldNumber));
  EXPECT_FALSE(HasField("\xff", v1::Report::kValuesFieldNumber));
}

}  // namespace
}  // namespace entente::meaning::texts
