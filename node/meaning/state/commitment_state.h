// The state of a commitment: what was promised moves only by a decision of the secretariat, and
// lapses when the instrument's period ends.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace entente::meaning {

// A decision that stands, as it was stated.
struct Decision {
  std::string date;   // YYYY-MM-DD
  std::string entry;  // id: the order of those of one day
  std::string outcome;
};

// proposed | endorsed | not_endorsed | in_force | completed | replaced | lapsed. The last decision
// by (date, entry) is the one that shows. `period` is the instrument's, or empty; `now_ms` 0:
// nothing lapses.
std::string CommitmentState(const std::string& nature, std::vector<Decision> decisions,
                            const std::string& period, uint64_t now_ms);

}  // namespace entente::meaning
