// What is in the making on this node: drafts by the slot they are for, with what comes next.
#pragma once

#include <map>
#include <string>

#include "node/query/view/record_cache.h"
#include "node/query/view/views.h"

namespace entente::query {

struct DraftStep {
  std::string round, subject;  // of the draft; round "" for an unscheduled one
  std::string state;           // "draft d-3, 2 errors"
  std::string todo;            // "entente draft check d-3"
};

// By slot text; of several drafts for one slot the one changed last. Drafts that were submitted are
// none. `delegation` is this node's own.
absl::StatusOr<std::map<std::string, DraftStep>> DraftSteps(const Views& views,
                                                            const std::string& delegation,
                                                            RecordCache* kept, uint64_t now_ms);

}  // namespace entente::query
