// What an entry adds to the views, were it admitted and its delegation named by this code: a pure
// function of the two, so it can be made on any thread and is used only where the code is the one
// in force.
#pragma once

#include <string>
#include <vector>

#include "node/ledger/entry.h"
#include "node/meaning/rules/projection.h"

namespace entente::driver {

struct ViewRows {
  std::string delegation_code;
  std::string set_aside;  // value of its row; empty: none
  std::vector<std::string> index_keys;
  std::string slot_key, slot_operand;  // empty: stands in no slot
};

// REQUIRES: the entry has its payload. The projector's memory is used again.
ViewRows ViewRowsOf(const ledger::Entry& entry, std::string delegation_code,
                    meaning::Projector& projector);

}  // namespace entente::driver
