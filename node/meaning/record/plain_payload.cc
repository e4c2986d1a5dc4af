#include "node/meaning/record/plain_payload.h"

#include <cstdint>
#include <map>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "node/meaning/record/text_limits.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/unicode.h"

namespace entente::meaning {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// A longer one is looked at again: E-LEN counts the bytes protobuf would write, and of what a
// stranger wrote shorter than protobuf does, that is at most twice as many (numbers below zero).
constexpr size_t kPlainBytesMax = kPayloadBytesMax / 2;

// Protobuf encoding: a field begins with number << 3 | wire type.
constexpr uint32_t kWireBits = 3;
enum Wire : uint32_t { kVarint = 0, kFixed64 = 1, kDelimited = 2, kFixed32 = 5 };

struct Shape {
  struct Field {
    uint32_t tag = 0;  // 0: no such field
    bool text = false;
    const Shape* inner = nullptr;  // of a message
    size_t limit = 0;              // TextLimit, where this message is the record
  };
  std::vector<Field> fields;  // by number
  uint32_t language = 0;      // number of the field whose text is a language tag; 0: none
};
using Shapes = std::map<const Descriptor*, Shape>;

Wire WireOf(const FieldDescriptor* field) {
  if (field->is_packed()) return kDelimited;
  switch (field->type()) {
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return kDelimited;
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
    case FieldDescriptor::TYPE_DOUBLE:
      return kFixed64;
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_FLOAT:
      return kFixed32;
    default:
      return kVarint;
  }
}

void AddShape(const Descriptor* type, Shapes& shapes) {
  Shape& shape = shapes[type];
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const auto number = static_cast<uint32_t>(field->number());
    if (shape.fields.size() <= number) shape.fields.resize(number + 1);
    Shape::Field& out = shape.fields[number];
    out.tag = number << kWireBits | WireOf(field);
    out.text = field->type() == FieldDescriptor::TYPE_STRING;
    out.limit = TextLimit(field->name());
    // A map keeps its places.
    if (field->message_type() != nullptr) out.inner = &shapes[field->message_type()];
  }
  if (type == v1::Text::descriptor()) shape.language = v1::Text::kLangFieldNumber;
  for (int i = 0; i < type->nested_type_count(); ++i) AddShape(type->nested_type(i), shapes);
}

Shapes AllShapes() {
  Shapes shapes;
  const auto* file = v1::Report::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) AddShape(file->message_type(i), shapes);
  return shapes;
}

bool TakeVarint(absl::string_view& in, uint64_t& value) {
  value = 0;
  for (uint32_t shift = 0; !in.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(in[0]);
    in.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool TakeDelimited(absl::string_view& in, absl::string_view& value) {
  uint64_t size = 0;
  if (!TakeVarint(in, size) || size > in.size()) return false;
  value = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

// The value of a field that is neither text nor message.
bool Skip(absl::string_view& in, uint32_t wire) {
  uint64_t number = 0;
  if (wire == kVarint) return TakeVarint(in, number);
  const size_t size = wire == kFixed64 ? 8 : 4;
  if (in.size() < size) return false;
  in.remove_prefix(size);
  return true;
}

bool IsPlainText(absl::string_view text, size_t limit) {
  const TextFacts facts = Inspect(text);
  return facts.utf8 && !facts.control && facts.surely_nfc && facts.characters <= limit;
}

// `limit`: of the field of the record this stands in; 0: this is the record itself. Depth is
// bounded by the schema: no message of ours contains itself.
bool IsPlain(const Shape& shape, absl::string_view in, size_t limit) {
  bool tagged = false;
  while (!in.empty()) {
    uint64_t tag = 0;
    if (!TakeVarint(in, tag)) return false;
    const uint64_t number = tag >> kWireBits;
    if (number >= shape.fields.size()) return false;
    const Shape::Field& field = shape.fields[number];
    if (field.tag == 0 || field.tag != tag) return false;
    const uint32_t wire = field.tag & ((1 << kWireBits) - 1);
    absl::string_view value;
    if (wire != kDelimited) {
      if (!Skip(in, wire)) return false;
      continue;
    }
    if (!TakeDelimited(in, value)) return false;
    const size_t own = limit == 0 ? field.limit : limit;
    if (field.text && !IsPlainText(value, own)) return false;
    if (field.inner != nullptr && !IsPlain(*field.inner, value, own)) return false;
    if (shape.language != 0 && number == shape.language) {
      if (!IsPlainLanguageTag(value)) return false;
      tagged = true;
    }
  }
  return shape.language == 0 || tagged;
}

}  // namespace

bool IsPlainPayload(const Descriptor* type, absl::string_view payload) {
  static const auto* shapes = new Shapes(AllShapes());
  auto shape = shapes->find(type);
  return shape != shapes->end() && payload.size() <= kPlainBytesMax &&
         IsPlain(shape->second, payload, 0);
}

}  // namespace entente::meaning
