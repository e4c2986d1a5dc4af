// Which documents hold a word or a phrase, and how often: reading the word rows of the lookup
// family.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "node/query/search/search.h"

namespace entente::query {

struct Hit {
  uint64_t document = 0;  // arrival number
  uint32_t places = 0;    // that the whole document takes up
  uint32_t count = 0;     // times the clause stands in it
};

// Ascending by document. `cut`: set when a prefix stands for more words than are looked for.
absl::StatusOr<std::vector<Hit>> HitsOf(const Views& views, const Clause& clause, bool& cut);

}  // namespace entente::query
