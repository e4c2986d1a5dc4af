#include "client/draft/record_edit.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/base/errors.h"
#include "entente/v1/payload.pb.h"
#include "google/protobuf/descriptor.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/text/unicode.h"

namespace entente::client {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsTexts(const FieldDescriptor* field) {
  return field->is_repeated() && field->message_type() == v1::Text::descriptor();
}

bool CanBeSet(const FieldDescriptor* field) {
  return field->name() != "code" &&
         (field->type() == FieldDescriptor::TYPE_STRING ||
          field->type() == FieldDescriptor::TYPE_UINT32 || IsTexts(field));
}

std::vector<std::string> NamesOf(const Message& record) {
  std::vector<std::string> names;
  for (int i = 0; i < record.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = record.GetDescriptor()->field(i);
    if (CanBeSet(field)) names.push_back(field->name());
  }
  return names;
}

// The texts of a list of ours; there is no other message that IsTexts takes.
v1::Text& TextAt(Message& record, const FieldDescriptor* field, int at) {
  return static_cast<v1::Text&>(
      *record.GetReflection()->MutableRepeatedMessage(&record, field, at));
}

void SetText(Message& record, const FieldDescriptor* field, const std::string& lang,
             const std::string& words) {
  const auto* reflection = record.GetReflection();
  const int size = reflection->FieldSize(record, field);
  int at = 0;
  while (at < size && TextAt(record, field, at).lang() != lang) ++at;
  if (words.empty()) {  // the last takes the place of what goes
    if (at == size) return;
    reflection->SwapElements(&record, field, at, size - 1);
    reflection->RemoveLast(&record, field);
    return;
  }
  if (at == size) reflection->AddMessage(&record, field);
  TextAt(record, field, at).set_lang(lang);
  TextAt(record, field, at).set_text(words);
}

absl::Status SetNumber(Message& record, const FieldDescriptor* field, const std::string& value) {
  uint32_t number = 0;
  if (!value.empty() && !absl::SimpleAtoi(value, &number)) {
    return UsageError(absl::StrCat(field->name(), ": \"", value, "\" is not a whole number"),
                      "write digits only");
  }
  record.GetReflection()->SetUInt32(&record, field, number);
  return absl::OkStatus();
}

}  // namespace

absl::Status SetRecordField(Message& record, const Assignment& assignment) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(assignment.name, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = record.GetDescriptor()->FindFieldByName(parts.first);
  if (field == nullptr || !CanBeSet(field)) {
    return UsageError(absl::StrCat("\"", parts.first, "\" cannot be changed",
                                   meaning::Suggestion(parts.first, NamesOf(record))),
                      "NAME=VALUE, or texts.LANG=VALUE for a text of a language");
  }
  if (!meaning::IsUtf8(assignment.value))
    return Refuse("E-UTF8", assignment.name, "is not UTF-8 text");
  const std::string value = meaning::ToNfc(assignment.value);
  if (IsTexts(field)) {
    SetText(record, field, parts.second.empty() ? "en" : parts.second, value);
  } else if (field->type() == FieldDescriptor::TYPE_UINT32) {
    return SetNumber(record, field, value);
  } else if (field->is_repeated()) {
    record.GetReflection()->ClearField(&record, field);
    const std::vector<std::string> words = absl::StrSplit(value, ',', absl::SkipEmpty());
    for (const std::string& word : words) record.GetReflection()->AddString(&record, field, word);
  } else {
    record.GetReflection()->SetString(&record, field, value);
  }
  return absl::OkStatus();
}

}  // namespace entente::client
