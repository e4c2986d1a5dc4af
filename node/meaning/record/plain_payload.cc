#include "node/meaning/record/plain_payload.h"

#include <cstdint>
#include <map>
#include <vector>

#include "entente/v1/payload.pb.h"
#include "node/meaning/record/text_limits.h"
#include "node/meaning/record/wire_fields.h"
#include "node/meaning/text/language_tag.h"
#include "node/meaning/text/unicode.h"

namespace entente::meaning {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// A longer one is looked at again: E-LEN counts the bytes protobuf would write, and of what a
// stranger wrote shorter than protobuf does, that is at most twice as many (numbers below zero).
constexpr size_t kPlainBytesMax = kPayloadBytesMax / 2;

struct Shape {
  struct Field {
    uint32_t tag = 0;  // 0: no such field
    bool text = false;
    const Shape* inner = nullptr;  // of a message
    size_t limit = 0;              // TextLimit, where this message is the record
    bool left_out = false;         // of the short form
  };
  std::vector<Field> fields;  // by number
  uint32_t language = 0;      // number of the field whose text is a language tag; 0: none
};
using Shapes = std::map<const Descriptor*, Shape>;

WireType WireTypeOf(const FieldDescriptor* field) {
  if (field->is_packed()) return kWireBytes;
  switch (field->type()) {
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return kWireBytes;
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
    case FieldDescriptor::TYPE_DOUBLE:
      return kWire64;
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_FLOAT:
      return kWire32;
    default:
      return kWireVarint;
  }
}

void AddShape(const Descriptor* type, Shapes& shapes) {
  Shape& shape = shapes[type];
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const auto number = static_cast<uint32_t>(field->number());
    if (shape.fields.size() <= number) shape.fields.resize(number + 1);
    Shape::Field& out = shape.fields[number];
    out.tag = number << kWireTypeBits | WireTypeOf(field);
    out.text = field->type() == FieldDescriptor::TYPE_STRING;
    out.limit = TextLimit(field->name());
    out.left_out = type == v1::Report::descriptor() && number == v1::Report::kNarrativesFieldNumber;
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

bool IsPlainText(absl::string_view text, size_t limit) {
  const TextFacts facts = Inspect(text);
  return facts.utf8 && !facts.control && facts.surely_nfc && facts.characters <= limit;
}

// Copies a record but for what is left out, in as few pieces as there are. Not inlined: the loop
// that goes through every field is slower with it inside.
class Shortener {
 public:
  Shortener(absl::string_view record, std::string& out) : record_(record), out_(out) {
    out_.clear();
  }

  // What the field holds. `begun`, `rest`: of the record, from the field on and behind it.
  [[gnu::noinline]] void LeaveOut(const WireField& field, absl::string_view begun,
                                  absl::string_view rest) {
    CopyUpTo(begun);
    base::AppendVarint(out_, field.tag);
    out_.push_back('\0');
    copied_ = record_.size() - rest.size();
  }
  [[gnu::noinline]] void End() { CopyUpTo({}); }

 private:
  void CopyUpTo(absl::string_view rest) {
    const size_t end = record_.size() - rest.size();
    out_.append(record_.data() + copied_, end - copied_);
    copied_ = end;
  }

  absl::string_view record_;
  std::string& out_;
  size_t copied_ = 0;
};

// `limit`: of the field of the record this stands in; 0: this is the record itself. `shortener`: of
// the record, or null. Depth is bounded by the schema: no message of ours contains itself.
bool IsPlain(const Shape& shape, absl::string_view message, size_t limit, Shortener* shortener) {
  bool tagged = false;
  base::ByteReader in(message);
  while (!in.empty()) {
    const absl::string_view begun = in.rest();
    WireField read;
    if (!TakeField(in, read) || read.number() >= shape.fields.size()) return false;
    const Shape::Field& field = shape.fields[read.number()];
    if (field.tag == 0 || field.tag != read.tag) return false;
    if (read.type() != kWireBytes) continue;
    const size_t own = limit == 0 ? field.limit : limit;
    if (field.text && !IsPlainText(read.bytes, own)) return false;
    if (field.inner != nullptr && !IsPlain(*field.inner, read.bytes, own, nullptr)) return false;
    if (shape.language != 0 && read.number() == shape.language) {
      if (!IsPlainLanguageTag(read.bytes)) return false;
      tagged = true;
    }
    if (field.left_out && shortener != nullptr) shortener->LeaveOut(read, begun, in.rest());
  }
  if (shortener != nullptr) shortener->End();
  return shape.language == 0 || tagged;
}

}  // namespace

bool IsPlainPayload(const Descriptor* type, absl::string_view payload, std::string* shortened) {
  static const auto* shapes = new Shapes(AllShapes());
  auto shape = shapes->find(type);
  if (shape == shapes->end() || payload.size() > kPlainBytesMax) return false;
  if (shortened == nullptr) return IsPlain(shape->second, payload, 0, nullptr);
  Shortener shortener(payload, *shortened);
  return IsPlain(shape->second, payload, 0, &shortener);
}

}  // namespace entente::meaning
