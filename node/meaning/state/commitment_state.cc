#include "node/meaning/state/commitment_state.h"

#include <algorithm>
#include <tuple>

#include "node/meaning/value/date.h"
#include "node/meaning/value/period.h"

namespace entente::meaning {

std::string CommitmentState(const std::string& nature, std::vector<Decision> decisions,
                            const std::string& period, uint64_t now_ms) {
  std::string state = nature == "proposal" ? "proposed" : "in_force";
  std::sort(decisions.begin(), decisions.end(), [](const Decision& a, const Decision& b) {
    return std::tie(a.date, a.entry) < std::tie(b.date, b.entry);
  });
  if (!decisions.empty()) state = decisions.back().outcome;
  const bool goes_on = state == "proposed" || state == "endorsed" || state == "in_force";
  const auto whole = ParsePeriod(period);
  if (goes_on && whole && whole->InOrder() && now_ms != 0 &&
      static_cast<int64_t>(now_ms) >= EndOfDayMs(whole->last, 0)) {
    return "lapsed";
  }
  return state;
}

}  // namespace entente::meaning
