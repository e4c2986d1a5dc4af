// What a payload's message holds besides numbers: its texts and the messages inside it. Known once
// a type, so that walking a record asks only for these and builds no list of what is set.
#pragma once

#include <vector>

#include "google/protobuf/descriptor.h"

namespace entente::meaning {

struct MessageFields {
  // Strings (not bytes) and messages, single or repeated, ascending by field number.
  std::vector<const google::protobuf::FieldDescriptor*> inner;
  std::vector<const google::protobuf::FieldDescriptor*> messages;  // those of `inner`
};

// Of a message of the payload proto, or one of its parts; anything else is empty. Made at the first
// call, for all types at once; any thread.
const MessageFields& FieldsOf(const google::protobuf::Descriptor* type);

}  // namespace entente::meaning
