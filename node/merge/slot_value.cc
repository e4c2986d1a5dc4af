#include "node/merge/slot_value.h"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "node/base/bytes.h"
#include "node/merge/slot_operand.h"

namespace entente::merge {
namespace {

using ByEntry = std::map<std::string, v1::Contribution>;

// protobuf keeps field order for messages without maps, but promises it only with this switch on.
std::string Bytes(const google::protobuf::MessageLite& message) {
  std::string out(message.ByteSizeLong(), 0);
  google::protobuf::io::ArrayOutputStream stream(out.data(), static_cast<int>(out.size()));
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
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

}  // namespace

std::string EncodeSlot(const v1::SlotValue& value) { return Bytes(Canonical(value)); }

v1::SlotValue DecodeSlot(absl::string_view bytes) { return Canonical(Parse(bytes)); }

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
  for (const auto& one : all_) out.push_back(Bytes(Build(slot_, {one})));
  return out;
}

}  // namespace entente::merge
