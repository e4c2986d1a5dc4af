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

// A tag or a length; protobuf reads no longer ones.
inline bool TakeHead(base::ByteReader& in, uint64_t& number) {
  constexpr size_t kBytesMax = 5;
  const size_t before = in.size();
  return in.Varint(number) && before - in.size() <= kBytesMax;
}

// False: at the end, or what stands there is no field. Inlined, for a call costs as much as what it
// does.
[[gnu::always_inline]] inline bool TakeField(base::ByteReader& in, WireField& field) {
  if (!TakeHead(in, field.tag)) return false;
  field.tag = static_cast<uint32_t>(field.tag);  // protobuf drops what is above, too
  field.bytes = {};
  uint64_t number = 0;
  switch (field.type()) {
    case kWireVarint:
      return in.Varint(number);
    case kWire64:
      return in.Bytes(8, field.bytes);
    case kWireBytes:
      return TakeHead(in, number) && in.Bytes(number, field.bytes);
    case kWire32:
      return in.Bytes(4, field.bytes);
    default:
      return false;
  }
}

}  // namespace entente::meaning
