#include "node/merge/slot_value.h"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "node/base/bytes.h"

namespace entente::merge {
namespace {

using ByEntry = std::map<std::string, v1::Contribution>;

// protobuf keeps field order for messages without maps, but promises it only with this switch on.
// `size`: what ByteSizeLong() just said.
void AppendBytes(std::string& out, const google::protobuf::MessageLite& message, size_t size) {
  const size_t begin = out.size();
  out.resize(begin + size);
  google::protobuf::io::ArrayOutputStream stream(out.data() + begin, static_cast<int>(size));
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
}

std::string Bytes(const google::protobuf::MessageLite& message) {
  std::string out;
  AppendBytes(out, message, message.ByteSizeLong());
  return out;
}

// As invariant 1 wants them.
bool SupersedesInOrder(const v1::Contribution& contribution) {
  for (int i = 0; i < contribution.supersedes_size(); ++i) {
    const std::string& id = contribution.supersedes(i);
    if (id.size() != 32 || (i > 0 && contribution.supersedes(i - 1) >= id)) return false;
  }
  return true;
}

void NormaliseSupersedes(v1::Contribution& contribution) {
  if (SupersedesInOrder(contribution)) return;
  std::set<std::string> ids;
  for (auto& id : *contribution.mutable_supersedes()) {
    if (id.size() == 32) ids.insert(std::move(id));
  }
  contribution.clear_supersedes();
  for (const auto& id : ids) contribution.add_supersedes(id);
}

// Invariants 2 and 3.
void Add(ByEntry& all, v1::Contribution contribution) {
  if (contribution.entry().size() != 32) return;
  NormaliseSupersedes(contribution);
  contribution.DiscardUnknownFields();
  auto [it, inserted] = all.try_emplace(contribution.entry());
  if (inserted || Bytes(it->second) < Bytes(contribution)) it->second = std::move(contribution);
}

v1::SlotValue Build(std::string slot, ByEntry all) {
  v1::SlotValue out;
  out.set_slot(std::move(slot));
  for (auto& [id, contribution] : all) *out.add_contributions() = std::move(contribution);
  return out;
}

bool NothingUnknown(const google::protobuf::Message& message) {
  return message.GetReflection()->GetUnknownFields(message).empty();
}

// What nearly every slot is: one contribution that is as Add would leave it.
bool IsPlain(const v1::SlotValue& value) {
  if (value.contributions_size() != 1 || !NothingUnknown(value)) return false;
  const v1::Contribution& only = value.contributions(0);
  return only.entry().size() == 32 && NothingUnknown(only) && SupersedesInOrder(only);
}

v1::SlotValue Canonical(v1::SlotValue value) {
  if (IsPlain(value)) return value;
  ByEntry all;
  for (auto& contribution : *value.mutable_contributions()) Add(all, std::move(contribution));
  return Build(value.slot(), std::move(all));
}

v1::SlotValue Parse(absl::string_view bytes) {
  v1::SlotValue value;
  if (!value.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) value.Clear();
  return value;
}

// Of SlotValue.
enum : uint8_t { kSlotTag = 0x0a, kContributionTag = 0x12 };

constexpr size_t kFieldHeadMax = 6;  // a tag and a length

void AppendFieldHead(std::string& out, uint8_t tag, size_t size) {
  out.push_back(static_cast<char>(tag));
  for (; size >= 0x80; size >>= 7) out.push_back(static_cast<char>(size | 0x80));
  out.push_back(static_cast<char>(size));
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
  enum : uint8_t { kEntry = 0x0a, kSupersedes = 0x12, kKind = 0x18, kDelegation = 0x22 };
  enum : uint8_t { kHlc = 0x29, kKey = 0x32, kSummary = 0x3a };
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

// Byte for byte what SlotOperand writes, told without making a message of it? Only ever yes where
// it is: no, when in doubt. RocksDB asks for the join of nothing and an operand with every read of
// a row that no compaction has settled yet, and nearly all are of this form.
bool IsWrittenOperand(absl::string_view bytes) {
  WireReader reader(bytes);
  if (reader.At(kSlotTag)) {
    const auto slot = reader.Field(kSlotTag);
    if (!slot || !IsPlainText(*slot)) return false;
  }
  const auto contribution = reader.Field(kContributionTag);
  return contribution && reader.done() && IsWrittenContribution(*contribution);
}

}  // namespace

std::string EncodeSlot(const v1::SlotValue& value) { return Bytes(Canonical(value)); }

v1::SlotValue DecodeSlot(absl::string_view bytes) { return Canonical(Parse(bytes)); }

// Bytes of a SlotValue, written straight: every entry that comes in makes one.
std::string SlotOperand(absl::string_view slot, const v1::Contribution& contribution) {
  if (!SupersedesInOrder(contribution)) {
    v1::Contribution ordered = contribution;
    NormaliseSupersedes(ordered);
    return SlotOperand(slot, ordered);
  }
  const size_t size = contribution.ByteSizeLong();
  std::string out;
  out.reserve(slot.size() + size + 2 * kFieldHeadMax);
  if (!slot.empty()) {
    AppendFieldHead(out, kSlotTag, slot.size());
    out.append(slot.data(), slot.size());
  }
  // Canonical() for one contribution without unknown fields.
  if (contribution.entry().size() == 32) {
    AppendFieldHead(out, kContributionTag, size);
    AppendBytes(out, contribution, size);
  }
  return out;
}

v1::SlotValue Join(const v1::SlotValue& value, const v1::SlotValue& other) {
  ByEntry all;
  for (const auto& contribution : value.contributions()) Add(all, contribution);
  for (const auto& contribution : other.contributions()) Add(all, contribution);
  return Build(std::max(value.slot(), other.slot()), std::move(all));
}

std::string JoinSlot(const std::string* existing, absl::string_view operand) {
  if (existing == nullptr) {
    return IsWrittenOperand(operand) ? base::Str(operand) : Bytes(Canonical(Parse(operand)));
  }
  return Bytes(Join(Parse(*existing), Parse(operand)));
}

std::vector<const v1::Contribution*> Heads(const v1::SlotValue& value) {
  if (value.contributions_size() == 1) return {&value.contributions(0)};
  std::set<std::pair<std::string, std::string>> superseded;  // delegation, entry
  for (const auto& contribution : value.contributions()) {
    for (const auto& id : contribution.supersedes()) {
      if (id != contribution.entry()) superseded.emplace(contribution.delegation(), id);
    }
  }
  std::vector<const v1::Contribution*> heads;
  for (const auto& contribution : value.contributions()) {
    if (!superseded.contains({contribution.delegation(), contribution.entry()})) {
      heads.push_back(&contribution);
    }
  }
  return heads;
}

uint32_t VersionOf(const v1::SlotValue& value, absl::string_view entry) {
  std::map<absl::string_view, const v1::Contribution*> by_entry;
  for (const auto& contribution : value.contributions())
    by_entry.emplace(contribution.entry(), &contribution);
  const auto start = by_entry.find(entry);
  if (start == by_entry.end()) return 0;
  // The longest chain below `start`: each entry is taken up once and its version remembered. No
  // recursion; one that is under way (a cycle, which hashes rule out, but a damaged value might
  // hold) counts as none.
  struct Step {
    const v1::Contribution* entry;
    int next = 0;  // of what it supersedes
  };
  std::map<const v1::Contribution*, uint32_t> versions;
  std::vector<Step> way{Step{start->second, 0}};
  versions[start->second] = 0;
  while (!way.empty()) {
    Step& at = way.back();
    if (at.next == at.entry->supersedes_size()) {
      ++versions[at.entry];
      way.pop_back();
      continue;
    }
    const auto older = by_entry.find(at.entry->supersedes(at.next));
    const bool counts = older != by_entry.end() && older->second != at.entry &&
                        older->second->delegation() == at.entry->delegation();
    if (counts && versions.try_emplace(older->second, 0).second) {
      way.push_back(Step{older->second, 0});  // `at.next` is looked at once more, after it
      continue;
    }
    if (counts) versions[at.entry] = std::max(versions[at.entry], versions[older->second]);
    ++at.next;
  }
  return versions[start->second];
}

v1::SlotValue Without(const v1::SlotValue& value, const base::EntryId& entry) {
  ByEntry all;
  for (const auto& contribution : value.contributions()) {
    if (contribution.entry() != entry.str()) Add(all, contribution);
  }
  if (all.empty()) return {};
  return Build(value.slot(), std::move(all));
}

OpenSlot::OpenSlot(absl::string_view bytes) { Join(bytes); }

void OpenSlot::Join(absl::string_view operand) {
  v1::SlotValue value = Parse(operand);
  slot_ = std::max(slot_, value.slot());
  for (auto& contribution : *value.mutable_contributions()) Add(all_, std::move(contribution));
}

std::string OpenSlot::Encode() const { return all_.empty() ? "" : Bytes(Build(slot_, all_)); }

std::vector<std::string> OpenSlot::Operands() const {
  std::vector<std::string> out;
  for (const auto& [entry, contribution] : all_) out.push_back(SlotOperand(slot_, contribution));
  return out;
}

}  // namespace entente::merge
