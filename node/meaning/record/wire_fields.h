// The fields of a protobuf message as they lie in its bytes, for whoever need not make the message.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "node/base/varint.h"

namespace entente::meaning {

// A field begins with its tag: number << 3 | wire type.
inline constexpr uint32_t kWireTypeBits = 3;
enum WireType : uint32_t { kWireVarint = 0, kWire64 = 1, kWireBytes = 2, kWire32 = 5 };

struct WireField {
  uint64_t tag = 0;
  absl::string_view bytes;  // empty for a varint

  uint64_t number() const { return tag >> kWireTypeBits; }
  uint64_t type() const { return tag & ((1u << kWireTypeBits) - 1); }
};

// False: at the end, or what stands there is no field.
inline bool TakeField(base::ByteReader& in, WireField& field) {
  if (!in.Varint(field.tag)) return false;
  field.bytes = {};
  uint64_t number = 0;
  switch (field.type()) {
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

}  // namespace entente::meaning
