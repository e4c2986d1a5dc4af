#include "node/query/view/held_round.h"

#include <vector>

#include "node/base/status_macros.h"
#include "node/query/view/table.h"

namespace entente::query {

std::string RoundCodeOf(absl::string_view given) {
  const size_t slash = given.find('/');
  return std::string(slash == absl::string_view::npos ? given : given.substr(slash + 1));
}

absl::Status RoundNotHeld(const Views& views, const std::string& code) {
  ASSIGN_OR_RETURN(auto rounds, views.All<v1::RoundSummary>("round"));
  std::vector<std::string> codes;
  for (const auto& round : rounds) codes.push_back(round.code());
  return NotHeld("round", code, codes, views.restricted());
}

}  // namespace entente::query
