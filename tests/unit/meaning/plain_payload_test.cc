// The quick look at a payload against the rules it stands for, over messages with every field set.
#include "node/meaning/record/plain_payload.h"

#include <memory>
#include <random>
#include <string>

#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/slot.h"
#include "node/meaning/record/summary.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/unicode.h"
#include "tests/unit/meaning/samples.h"

namespace entente::meaning {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string SummaryOf(const Record& record) {
  std::string summary;
  Summarise(record, summary);
  return summary;
}

// Records and their parts: whatever the payload proto defines.
std::vector<const Message*> AllTypes() {
  std::vector<const Message*> types;
  const auto* file = v1::Report::descriptor()->file();
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  for (int i = 0; i < file->message_type_count(); ++i) {
    types.push_back(factory->GetPrototype(file->message_type(i)));
  }
  return types;
}

void SetNumber(Message& message, const FieldDescriptor* field) {
  const Reflection* r = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      return many ? r->AddUInt32(&message, field, 300) : r->SetUInt32(&message, field, 300);
    case FieldDescriptor::CPPTYPE_UINT64:
      return many ? r->AddUInt64(&message, field, 300) : r->SetUInt64(&message, field, 300);
    case FieldDescriptor::CPPTYPE_INT32:
      return many ? r->AddInt32(&message, field, -1) : r->SetInt32(&message, field, -1);
    case FieldDescriptor::CPPTYPE_INT64:
      return many ? r->AddInt64(&message, field, -1) : r->SetInt64(&message, field, -1);
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? r->AddBool(&message, field, true) : r->SetBool(&message, field, true);
    case FieldDescriptor::CPPTYPE_ENUM:
      return many ? r->AddEnumValue(&message, field, 1) : r->SetEnumValue(&message, field, 1);
    default:
      FAIL() << "a number of a type no payload had so far: " << field->full_name();
  }
}

// Every field set, lists with two items. The count-th text (from 1) is `text` instead of a good
// one; 0: none is.
struct Filler {
  std::string text;
  int count = 0;
  int texts = 0;  // so far

  // Field by field: of a oneof all that it may be, which no message holds at once.
  std::string Bytes(const Message& prototype) {
    std::string bytes;
    for (int i = 0; i < prototype.GetDescriptor()->field_count(); ++i) {
      std::unique_ptr<Message> one(prototype.New());
      Set(*one, prototype.GetDescriptor()->field(i));
      bytes += one->SerializeAsString();
    }
    return bytes;
  }

 private:
  void Fill(Message& message) {
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      Set(message, message.GetDescriptor()->field(i));
    }
  }
  void Set(Message& message, const FieldDescriptor* field) {
    for (int n = 0; n < (field->is_repeated() ? 2 : 1); ++n) SetOnce(message, field);
  }
  void SetOnce(Message& message, const FieldDescriptor* field) {
    const Reflection* r = message.GetReflection();
    const bool many = field->is_repeated();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Fill(many ? *r->AddMessage(&message, field) : *r->MutableMessage(&message, field));
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return SetNumber(message, field);
    std::string value = "\xff\x07";
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      value = field->full_name() == "entente.v1.Text.lang" ? "ru" : "ёж, ünder 10 words";
      if (++texts == count) value = text;
    }
    many ? r->AddString(&message, field, value) : r->SetString(&message, field, value);
  }
};

std::string Filled(const Message& prototype, const std::string& text = "", int count = 0) {
  return Filler{text, count}.Bytes(prototype);
}

int TextsOf(const Message& prototype) {
  Filler filler;
  (void)filler.Bytes(prototype);
  return filler.texts;
}

bool NothingUnknown(const Message& message) {
  const Reflection* r = message.GetReflection();
  bool none = r->GetUnknownFields(message).empty();
  std::vector<const FieldDescriptor*> fields;
  r->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int items = field->is_repeated() ? r->FieldSize(message, field) : 1;
    for (int i = 0; i < items; ++i) {
      none = none && NothingUnknown(field->is_repeated() ? r->GetRepeatedMessage(message, field, i)
                                                         : r->GetMessage(message, field));
    }
  }
  return none;
}

TEST(PlainPayload, EveryFieldMayBeSet) {
  for (const Message* type : AllTypes()) {
    EXPECT_TRUE(IsPlainPayload(type->GetDescriptor(), Filled(*type))) << type->GetTypeName();
  }
}

TEST(PlainPayload, NoTextIsForgotten) {
  const std::string bad[] = {"a\x07z", "e\xCC\x81", std::string(16'001, 'x')};
  for (const Message* type : AllTypes()) {
    for (int n = 1; n <= TextsOf(*type); ++n) {
      for (const std::string& text : bad) {
        EXPECT_FALSE(IsPlainPayload(type->GetDescriptor(), Filled(*type, text, n)))
            << type->GetTypeName() << ", text " << n;
      }
    }
  }
}

TEST(PlainPayload, ALanguageIsThereAndPlain) {
  v1::Report report;
  report.add_narratives()->set_text("A text");
  const auto* type = v1::Report::descriptor();
  EXPECT_FALSE(IsPlainPayload(type, report.SerializeAsString()));
  report.mutable_narratives(0)->set_lang("EN");
  EXPECT_FALSE(IsPlainPayload(type, report.SerializeAsString()));
  report.mutable_narratives(0)->set_lang("en");
  EXPECT_TRUE(IsPlainPayload(type, report.SerializeAsString()));
}

TEST(PlainPayload, AFieldNobodyDefinedIsSeenAtAnyDepth) {
  const std::string unknown("\xf2\x07\x01x", 4);  // field 126
  const auto* type = v1::Report::descriptor();
  EXPECT_FALSE(IsPlainPayload(type, unknown));
  const std::string in_subject = std::string("\x1a\x04", 2) + unknown;  // field 3
  EXPECT_FALSE(IsPlainPayload(type, in_subject));
  EXPECT_FALSE(IsPlainPayload(type, std::string("\x20\x01", 2)));  // a period that is a number
  EXPECT_TRUE(IsPlainPayload(type, std::string("\x1a\x00", 2)));
}

// Whatever passes and parses, the rules let pass too.
TEST(PlainPayload, AgreesWithTheRulesOnMangledBytes) {
  const google::protobuf::LogSilencer silent;  // of bytes that do not parse
  constexpr uint32_t kSeed = 20261129;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  int passed = 0, stopped = 0;
  for (const Message* type : AllTypes()) {
    const std::string good = Filled(*type);
    for (int round = 0; round < 2'000; ++round) {
      std::string bytes = good;
      for (uint32_t changes = random() % 3; changes > 0; --changes) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      if (random() % 8 == 0) bytes.resize(random() % bytes.size());
      std::unique_ptr<Message> message(type->New());
      if (!message->ParseFromString(bytes)) continue;
      if (!IsPlainPayload(type->GetDescriptor(), bytes)) {
        ++stopped;
        continue;
      }
      ++passed;
      const EmptyCatalogue nothing;
      RuleContext context{nothing, Moment::kLog, 0, {}};
      CheckTexts(*message, context);
      EXPECT_TRUE(context.out.all().empty()) << context.out.all()[0].message;
      EXPECT_TRUE(NothingUnknown(*message)) << type->GetTypeName();
    }
  }
  EXPECT_GT(passed, 1'000);
  EXPECT_GT(stopped, 1'000);
}

TEST(PlainPayload, TheShortFormOfAReportHasEmptyNarratives) {
  v1::Report report;
  ASSERT_TRUE(report.ParseFromString(Filled(report)));
  std::string shortened;
  ASSERT_TRUE(IsPlainPayload(v1::Report::descriptor(), report.SerializeAsString(), &shortened));
  for (v1::Text& text : *report.mutable_narratives()) text.Clear();
  EXPECT_EQ(shortened, report.SerializeAsString());
  EXPECT_EQ(report.narratives_size(), 2);
}

TEST(PlainPayload, TheShortFormOfAnyOtherRecordIsTheRecord) {
  for (const Message* type : AllTypes()) {
    if (type->GetDescriptor() == v1::Report::descriptor()) continue;
    const std::string bytes = Filled(*type);
    std::string shortened = "left over";
    ASSERT_TRUE(IsPlainPayload(type->GetDescriptor(), bytes, &shortened)) << type->GetTypeName();
    EXPECT_EQ(shortened, bytes) << type->GetTypeName();
  }
}

// Of reports with every field, good and mangled: the same is said of them, read whole or short.
TEST(PlainPayload, TheShortFormIsJudgedAndListedAsTheWhole) {
  const google::protobuf::LogSilencer silent;
  constexpr uint32_t kSeed = 20261201;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const std::string seeds[] = {Filled(v1::Report()), GoodReport().SerializeAsString()};
  ShortReader reader;
  ReadRecord read;
  int refused = 0, listed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = seeds[random() % std::size(seeds)];
    for (uint32_t changes = random() % 3; changes > 0; --changes)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    const ReadRecord whole = ReadPayload(v1::REPORT, 3, bytes);
    reader.Read(v1::REPORT, 3, bytes, read);
    ASSERT_EQ(read.plain, whole.plain) << round;
    ASSERT_EQ(read.fault.has_value(), whole.fault.has_value()) << round;
    const auto expected = SelfContainedFault(whole, "KG"), found = SelfContainedFault(read, "KG");
    ASSERT_EQ(found.has_value(), expected.has_value()) << round;
    if (expected) {
      ASSERT_EQ(found->message, expected->message) << round;
    }
    ASSERT_EQ(SlotOfRecord(read.record, "KG", {}), SlotOfRecord(whole.record, "KG", {})) << round;
    ASSERT_EQ(SummaryOf(read.record), SummaryOf(whole.record)) << round;
    ++(expected || whole.fault ? refused : listed);
  }
  EXPECT_GT(refused, 1'000);
  EXPECT_GT(listed, 1'000);
}

// What is left out is not parsed any more: it must never hold what would not have parsed.
TEST(PlainPayload, TheShortFormParsesWhereTheWholeDoes) {
  const google::protobuf::LogSilencer silent;
  constexpr uint32_t kSeed = 20261130;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  v1::Report small;
  small.add_narratives()->set_text("A text");
  small.mutable_narratives(0)->set_lang("en");
  small.set_period("2017");
  small.add_narratives()->set_lang("ru");
  const std::string good = small.SerializeAsString();
  int passed = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string bytes = good;
    for (uint32_t changes = 1 + random() % 3; changes > 0; --changes) {
      const size_t at = random() % bytes.size();
      if (random() % 2 == 0) {
        bytes[at] = static_cast<char>(random());
      } else {  // the number that ends here goes on for some bytes that add nothing
        bytes[at] = static_cast<char>(bytes[at] | 0x80);
        bytes.insert(at + 1, std::string(random() % 7, '\x80') + '\0');
      }
    }
    std::string shortened;
    if (!IsPlainPayload(v1::Report::descriptor(), bytes, &shortened)) continue;
    v1::Report whole, emptied;
    const bool parses = whole.ParseFromString(bytes);
    ASSERT_EQ(emptied.ParseFromString(shortened), parses) << round;
    if (!parses) continue;
    for (v1::Text& text : *whole.mutable_narratives()) text.Clear();
    ASSERT_EQ(whole.SerializeAsString(), emptied.SerializeAsString()) << round;
    ++passed;
  }
  EXPECT_GT(passed, 1'000);
}

// Registers full of bytes, four at a time, one, and the rest, against one byte at a time: at every
// place within them.
class InspectTest : public ::testing::TestWithParam<size_t> {};

TEST_P(InspectTest, SeesEveryByteAtEveryPlace) {
  for (int byte = 0; byte < 0x100; ++byte) {
    for (size_t place = 0; place < GetParam(); ++place) {
      std::string text(GetParam(), place % 2 == 0 ? ' ' : '~');
      text[place] = static_cast<char>(byte);
      const TextFacts facts = Inspect(text);
      EXPECT_EQ(facts.utf8, byte < 0x80) << byte << " at " << place;
      if (byte >= 0x80) continue;
      EXPECT_EQ(facts.control, (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f)
          << byte << " at " << place;
      EXPECT_EQ(facts.characters, text.size());
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Sizes, InspectTest,
                         ::testing::Values(1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 80,
                                           139));

}  // namespace
}  // namespace entente::meaning
