// The operand of one contribution, in protobuf's own writing: what the program writes by hand is
// compared with it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "entente/v1/store.pb.h"
#include "node/merge/slot_value.h"

namespace entente::merge {

inline std::string SlotOperand(absl::string_view slot, const v1::Contribution& contribution) {
  v1::SlotValue value;
  value.set_slot(std::string(slot));
  *value.add_contributions() = contribution;
  return EncodeSlot(value);
}

}  // namespace entente::merge
