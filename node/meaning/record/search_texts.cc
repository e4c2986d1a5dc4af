#include "node/meaning/record/search_texts.h"

#include <map>

#include "entente/v1/payload.pb.h"
#include "node/meaning/record/record.h"
#include "node/meaning/record/wire_fields.h"

namespace entente::meaning {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// What of a message is looked into.
struct TextFields {
  struct Field {
    bool text = false;
    const TextFields* inner = nullptr;
  };
  std::vector<Field> fields;  // by number
};
using TextTypes = std::map<const Descriptor*, TextFields>;

void AddTextType(const Descriptor* type, TextTypes& types) {
  TextFields& of_type = types[type];
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const auto number = static_cast<size_t>(field->number());
    if (of_type.fields.size() <= number) of_type.fields.resize(number + 1);
    TextFields::Field& out = of_type.fields[number];
    out.text = field->type() == FieldDescriptor::TYPE_STRING && field->name() != "lang";
    // A map keeps its places.
    if (field->message_type() != nullptr && field->message_type() != v1::Common::descriptor())
      out.inner = &types[field->message_type()];
  }
  for (int i = 0; i < type->nested_type_count(); ++i) AddTextType(type->nested_type(i), types);
}

TextTypes AllTextTypes() {
  TextTypes types;
  const auto* file = v1::Report::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) AddTextType(file->message_type(i), types);
  return types;
}

// Depth is bounded by the schema: no message of ours contains itself.
void CollectTexts(const TextFields& type, absl::string_view message,
                  std::vector<absl::string_view>& out) {
  base::ByteReader in(message);
  for (WireField field; TakeField(in, field);) {
    if (field.type() != kWireBytes || field.number() >= type.fields.size()) continue;
    const TextFields::Field& known = type.fields[field.number()];
    if (known.text && !field.bytes.empty()) out.push_back(field.bytes);
    if (known.inner != nullptr) CollectTexts(*known.inner, field.bytes, out);
  }
}

}  // namespace

std::vector<absl::string_view> SearchTexts(uint32_t kind, uint32_t schema,
                                           absl::string_view payload) {
  static const auto* types = new TextTypes(AllTextTypes());
  std::vector<absl::string_view> out;
  const auto type = types->find(TypeOf(kind, schema));
  if (type != types->end()) CollectTexts(type->second, payload, out);
  return out;
}

bool HasField(absl::string_view payload, int field_number) {
  base::ByteReader in(payload);
  for (WireField field; TakeField(in, field);)
    if (field.number() == static_cast<uint64_t>(field_number)) return true;
  return false;
}

}  // namespace entente::meaning
