// The merged state of one slot: the set of contributions of admitted entries. Join is set union, so
// it is associative, commutative and idempotent by construction; what people look at (heads,
// versions) is computed from the set and never stored.
//
// Invariants
//  1. Canonical: contributions ascending by entry id, each id once, supersedes ascending and
//     unique; equal states have equal bytes. The empty state is the empty string.
//  2. Total: bytes that are no SlotValue, and contributions without a 32-byte entry id, count as
//     nothing.
//  3. Two contributions of one entry that differ (only a damaged store could hold them) are settled
//     by the greater canonical bytes, so that the laws hold for any input.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "entente/v1/store.pb.h"
#include "node/base/id.h"

namespace entente::merge {

// A state in canonical form, and back. Parsing is total: garbage is the empty state.
std::string EncodeSlot(const v1::SlotValue& value);
v1::SlotValue DecodeSlot(absl::string_view bytes);

// The join of an existing state (or nothing) with one operand. Thread-safe; usable as
// storage::MergeFunction.
std::string JoinSlot(const std::string* existing, absl::string_view operand);

// The same on decoded values. `value` need not be canonical; the result is.
v1::SlotValue Join(const v1::SlotValue& value, const v1::SlotValue& other);

// A state that is changed many times before it is wanted: what JoinSlot and Without do, without
// taking all of it apart for each entry.
class OpenSlot {
 public:
  explicit OpenSlot(absl::string_view bytes);
  void Join(absl::string_view operand);
  void Without(const base::EntryId& entry) { all_.erase(entry.str()); }
  // In canonical form.
  std::string Encode() const;
  // The same, as operands: one for each contribution.
  std::vector<std::string> Operands() const;

 private:
  std::string slot_;
  std::map<std::string, v1::Contribution> all_;  // by entry
};

// Contributions that no other contribution of this slot and of the same delegation supersedes,
// ascending by entry id. Pointers into `value`, which must be canonical. Several heads: a conflict.
std::vector<const v1::Contribution*> Heads(const v1::SlotValue& value);

// 1 + the highest version among the entries of the same delegation it supersedes that are held in
// this slot, else 1. 0: the entry is not in this slot.
uint32_t VersionOf(const v1::SlotValue& value, absl::string_view entry);

// The state without one entry's contribution: retraction, when an authority act takes the entry out
// of force.
v1::SlotValue Without(const v1::SlotValue& value, const base::EntryId& entry);

}  // namespace entente::merge
