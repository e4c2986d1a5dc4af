// What is signed is what was seen: a draft is shown with every field its report has.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "client/draft/draft_edit.h"
#include "entente/v1/entry.pb.h"
#include "node/base/id.h"

namespace entente::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A field as it was filled, and what of it is looked for in the text and in the JSON.
struct Filled {
  std::string field, in_text, in_json;
};

// Of what is no text, number or id: the value that is filled in, and the words that tell it.
struct Told {
  int number;
  std::string text, json;
};

const std::map<std::string, Told>& Words() {
  static const auto* words = new std::map<std::string, Told>{
      {"entente.v1.Common.classification", {v1::PUBLIC, "(public)", "\"public\""}},
      {"entente.v1.Subject.kind", {v1::SUBJECT_CHAPTER, "chapter", "chapter"}},
      {"entente.v1.Report.implementation", {v1::DISCONTINUED, "discontinued", "discontinued"}},
      {"entente.v1.Report.assessment", {v1::OFF_TRACK, "off_track", "off_track"}},
      {"entente.v1.IndicatorValue.trend", {v1::TREND_DOWN, "trend down", "\"down\""}},
      {"entente.v1.IndicatorValue.approximate", {1, "approximately", "\"approximate\":true"}},
      {"entente.v1.Milestone.done", {1, "(done)", "\"done\":true"}},
      {"entente.v1.Attachment.size", {1 << 20, "1.0 MiB", "1048576"}},
  };
  return *words;
}

class Filler {
 public:
  void Fill(Message& message) {
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i)
      FillField(message, message.GetDescriptor()->field(i));
  }
  const std::vector<Filled>& filled() const { return filled_; }

 private:
  void FillField(Message& message, const FieldDescriptor* field) {
    const auto* reflection = message.GetReflection();
    const bool list = field->is_repeated();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Fill(list ? *reflection->AddMessage(&message, field)
                       : *reflection->MutableMessage(&message, field));
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      const std::string value = NewString(field);
      if (list) return reflection->AddString(&message, field, value);
      return reflection->SetString(&message, field, value);
    }
    ASSERT_TRUE(Words().contains(field->full_name()))
        << field->full_name() << " is new: say here how DraftText and DraftJsonText show it";
    ASSERT_FALSE(list) << field->full_name();
    const Told& told = Words().at(field->full_name());
    filled_.push_back({field->full_name(), told.text, told.json});
    if (field->type() == FieldDescriptor::TYPE_ENUM)
      return reflection->SetEnumValue(&message, field, told.number);
    if (field->type() == FieldDescriptor::TYPE_BOOL)
      return reflection->SetBool(&message, field, told.number != 0);
    reflection->SetUInt64(&message, field, static_cast<uint64_t>(told.number));
  }

  std::string NewString(const FieldDescriptor* field) {
    ++number_;
    if (field->type() == FieldDescriptor::TYPE_BYTES) {
      const std::string bytes(32, static_cast<char>(0x10 + number_));
      const std::string hex = base::ToHex(bytes);
      filled_.push_back({field->full_name(), hex.substr(0, 8), hex});
      return bytes;
    }
    const std::string value = absl::StrCat("w", number_, "x");
    filled_.push_back({field->full_name(), value, value});
    return value;
  }

  int number_ = 0;
  std::vector<Filled> filled_;
};

std::string WithoutSpace(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

TEST(DraftText, ShowsEveryFieldThatIsSigned) {
  v1::Draft draft;
  Filler filler;
  filler.Fill(*draft.mutable_report());
  ASSERT_GT(filler.filled().size(), 40u);
  const std::string text = DraftText(draft), json = WithoutSpace(DraftJsonText(draft));
  for (const Filled& one : filler.filled()) {
    EXPECT_NE(text.find(one.in_text), std::string::npos)
        << one.field << " (" << one.in_text << ") is not in\n"
        << text;
    EXPECT_NE(json.find(one.in_json), std::string::npos)
        << one.field << " (" << one.in_json << ") is not in\n"
        << json;
  }
}

TEST(DraftText, SaysWhoMayReadIt) {
  v1::Draft draft;
  EXPECT_NE(DraftText(draft).find("the parties"), std::string::npos);
  draft.mutable_report()->mutable_common()->set_classification(v1::PUBLIC);
  EXPECT_EQ(DraftText(draft).find("the parties"), std::string::npos);
  EXPECT_NE(DraftText(draft).find("everybody (public)"), std::string::npos);
}

}  // namespace
}  // namespace entente::client
