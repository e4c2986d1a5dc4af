#include "node/meaning/record/search_texts.h"

#include <map>

#include "entente/v1/payload.pb.h"
#include "node/base/varint.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Protobuf encoding: a field begins with number << 3 | wire type.
constexpr uint32_t kWireTypeBits = 3;
constexpr uint64_t kWireTypes = 7, kWireVarint = 0, kWire64 = 1, kWireBytes = 2, kWire32 = 5;

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

struct WireField {
  uint64_t number = 0;
  bool has_bytes = false;
  absl::string_view bytes;
};

// False: at the end, or no field.
bool NextField(base::ByteReader& in, WireField& field) {
  uint64_t tag = 0, number = 0;
  if (!in.Varint(tag)) return false;
  field.number = tag >> kWireTypeBits;
  field.has_bytes = (tag & kWireTypes) == kWireBytes;
  switch (tag & kWireTypes) {
    case kWireVarint:
      return in.Varint(number);
    case kWire64:
      return in.Bytes(8, field.bytes);
    case kWireBytes:
      return in.Varint(number) && in.Bytes(number, field.bytes);
    case kWire32:
      return in.Bytes(4, field.bytes);
    default:
      return false;
  }
}

// Depth is bounded by the schema: no message of ours contains itself.
void CollectTexts(const TextFields& type, absl::string_view message,
                  std::vector<absl::string_view>& out) {
  base::ByteReader in(message);
  for (WireField field; NextField(in, field);) {
    if (!field.has_bytes || field.number >= type.fields.size()) continue;
    const TextFields::Field& known = type.fields[field.number];
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
  for (WireField field; NextField(in, field);)
    if (field.number == static_cast<uint64_t>(field_number)) return true;
  return false;
}

}  // namespace entente::meaning
