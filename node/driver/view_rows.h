// What an entry adds to the views, were it admitted and its delegation named by this code: a pure
// function of the two, so it can be made on any thread and is used only where the code is the one
// in force.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/ledger/entry.h"
#include "node/meaning/rules/projection.h"

namespace entente::driver {

struct ViewRows {
  std::string delegation_code;
  std::string set_aside;  // value of its row; empty: none
  std::vector<std::string> index_keys;
  // Key and operand of the slot's row in one piece of memory: there is one for every entry.
  std::string slot_row;  // empty: stands in no slot
  size_t slot_key_bytes = 0;

  absl::string_view slot_key() const {
    return absl::string_view(slot_row).substr(0, slot_key_bytes);
  }
  absl::string_view slot_operand() const {
    return absl::string_view(slot_row).substr(slot_key_bytes);
  }
};

// REQUIRES: the entry has its payload. The projector's memory is used again.
ViewRows ViewRowsOf(const ledger::Entry& entry, std::string delegation_code,
                    meaning::Projector& projector);

}  // namespace entente::driver
