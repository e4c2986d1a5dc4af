#include "node/meaning/record/message_fields.h"

#include <algorithm>
#include <map>

#include "entente/v1/payload.pb.h"

namespace entente::meaning {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Types = std::map<const Descriptor*, MessageFields>;

void AddType(const Descriptor* type, Types& types) {
  MessageFields& fields = types[type];
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const bool message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (message) fields.messages.push_back(field);
    if (message || field->type() == FieldDescriptor::TYPE_STRING) fields.inner.push_back(field);
  }
  std::sort(fields.inner.begin(), fields.inner.end(),
            [](const auto* a, const auto* b) { return a->number() < b->number(); });
  for (int i = 0; i < type->nested_type_count(); ++i) AddType(type->nested_type(i), types);
}

Types AllTypes() {
  Types types;
  const auto* file = v1::Report::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) AddType(file->message_type(i), types);
  return types;
}

}  // namespace

const MessageFields& FieldsOf(const Descriptor* type) {
  static const auto* types = new Types(AllTypes());
  static const auto* none = new MessageFields();
  auto it = types->find(type);
  return it == types->end() ? *none : it->second;
}

}  // namespace entente::meaning
