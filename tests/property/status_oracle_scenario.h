// Random histories of two instruments and two delegations: writing, forks, stolen and rotated keys,
// seals, suspensions, forked chains, notes below their threshold. The same seed gives the same
// records.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/property/status_oracle.h"

namespace entente::oracle {

std::vector<Record> RandomScenario(uint64_t seed);

}  // namespace entente::oracle
