// Which roles of a key may write which kind. Finer than what the ledger decides by the range of a
// kind (docs/ledger.md, "Kinds"): the ledger says what counts, this says what a node takes from its
// own people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace entente::meaning {

// Empty for a kind this version does not know.
std::vector<std::string> RolesThatMayWrite(uint32_t kind);

}  // namespace entente::meaning
