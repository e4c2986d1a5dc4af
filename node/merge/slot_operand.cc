#include "node/merge/slot_operand.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace entente::merge {
namespace {

// Of SlotValue.
enum : uint8_t { kSlotTag = 0x0a, kContributionTag = 0x12 };
// Of Contribution.
enum : uint8_t { kEntry = 0x0a, kSupersedes = 0x12, kKind = 0x18, kDelegation = 0x22 };
enum : uint8_t { kHlc = 0x29, kKey = 0x32, kSummary = 0x3a };

// Counts what FieldWriter writes.
class FieldSizes {
 public:
  size_t sum() const { return sum_; }
  void Number(uint8_t, uint64_t value) { sum_ += 1 + SizeOf(value); }
  void Fixed64(uint8_t, uint64_t) { sum_ += 1 + sizeof(uint64_t); }
  void Bytes(uint8_t, absl::string_view bytes) { sum_ += 1 + SizeOf(bytes.size()) + bytes.size(); }

 private:
  static size_t SizeOf(uint64_t varint) {
    size_t size = 1;
    for (; varint >= 0x80; varint >>= 7) ++size;
    return size;
  }

  size_t sum_ = 0;
};

// Fields as protobuf writes them, where FieldSizes has found room for them.
class FieldWriter {
 public:
  explicit FieldWriter(char* at) : at_(at) {}

  void Number(uint8_t tag, uint64_t value) {
    *at_++ = static_cast<char>(tag);
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void Fixed64(uint8_t tag, uint64_t value) {
    *at_++ = static_cast<char>(tag);
    for (size_t i = 0; i < sizeof value; ++i, value >>= 8) *at_++ = static_cast<char>(value);
  }
  void Bytes(uint8_t tag, absl::string_view bytes) {
    Number(tag, bytes.size());
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }

 private:
  char* at_;
};

// In the order of their numbers, and none that holds its default.
template <class Fields>
void EachField(const ContributionParts& parts, Fields& fields) {
  auto bytes = [&fields](uint8_t tag, absl::string_view text) {
    if (!text.empty()) fields.Bytes(tag, text);
  };
  bytes(kEntry, parts.entry);
  for (const std::string& id : *parts.supersedes) fields.Bytes(kSupersedes, id);
  if (parts.kind != 0) fields.Number(kKind, parts.kind);
  bytes(kDelegation, parts.delegation);
  if (parts.hlc != 0) fields.Fixed64(kHlc, parts.hlc);
  bytes(kKey, parts.key);
  bytes(kSummary, parts.summary);
}

// Reads the fields of a message from its bytes, each only where it comes next.
class WireReader {
 public:
  explicit WireReader(absl::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  bool At(uint8_t tag) const {
    return !rest_.empty() && static_cast<unsigned char>(rest_[0]) == tag;
  }
  // As short as can be, and not 0: a field that holds its default is not written.
  std::optional<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 35 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_[0]);
      rest_.remove_prefix(1);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return byte != 0 ? std::optional<uint64_t>(value) : std::nullopt;
    }
    return std::nullopt;
  }
  std::optional<absl::string_view> Take(uint64_t bytes) {
    if (bytes > rest_.size()) return std::nullopt;
    const absl::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  // A string or message under this tag, with its length.
  std::optional<absl::string_view> Field(uint8_t tag) {
    if (!At(tag)) return std::nullopt;
    rest_.remove_prefix(1);
    const auto bytes = Varint();
    return bytes ? Take(*bytes) : std::nullopt;
  }
  // True when the field is not there.
  bool Skip(uint8_t tag) { return !At(tag) || Field(tag).has_value(); }

 private:
  absl::string_view rest_;
};

// Texts of ASCII need no other look at their UTF-8.
bool IsPlainText(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

bool IsWrittenContribution(absl::string_view bytes) {
  WireReader reader(bytes);
  const auto entry = reader.Field(kEntry);
  if (!entry || entry->size() != 32) return false;
  absl::string_view before;
  while (reader.At(kSupersedes)) {
    const auto id = reader.Field(kSupersedes);
    if (!id || id->size() != 32 || *id <= before) return false;
    before = *id;
  }
  if (reader.At(kKind)) {
    reader.Take(1);
    const auto kind = reader.Varint();
    if (!kind || *kind > UINT32_MAX) return false;
  }
  if (reader.At(kDelegation)) {
    const auto delegation = reader.Field(kDelegation);
    if (!delegation || !IsPlainText(*delegation)) return false;
  }
  if (reader.At(kHlc)) {
    reader.Take(1);
    const auto hlc = reader.Take(8);
    if (!hlc || *hlc == absl::string_view("\0\0\0\0\0\0\0\0", 8)) return false;
  }
  return reader.Skip(kKey) && reader.Skip(kSummary) && reader.done();
}

}  // namespace

void AppendSlotOperand(std::string& out, absl::string_view slot, const ContributionParts& parts) {
  FieldSizes inner, whole;
  EachField(parts, inner);
  if (!slot.empty()) whole.Bytes(kSlotTag, slot);
  whole.Number(kContributionTag, inner.sum());
  const size_t begin = out.size();
  out.resize(begin + whole.sum() + inner.sum());
  FieldWriter writer(out.data() + begin);
  if (!slot.empty()) writer.Bytes(kSlotTag, slot);
  writer.Number(kContributionTag, inner.sum());
  EachField(parts, writer);
}

bool IsWrittenOperand(absl::string_view bytes) {
  WireReader reader(bytes);
  if (reader.At(kSlotTag)) {
    const auto slot = reader.Field(kSlotTag);
    if (!slot || !IsPlainText(*slot)) return false;
  }
  const auto contribution = reader.Field(kContributionTag);
  return contribution && reader.done() && IsWrittenContribution(*contribution);
}

}  // namespace entente::merge
