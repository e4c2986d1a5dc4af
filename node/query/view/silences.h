// Silence procedures nobody has decided on yet: who means to object does so while one runs.
#pragma once

#include <string>
#include <vector>

#include "node/query/view/views.h"

namespace entente::query {

struct OpenSilence {
  v1::Contribution amendment;
  v1::AmendmentSummary summary;
  std::vector<std::string> objectors;  // ascending

  // By this clock: the last day is not over.
  bool Runs(uint64_t now_ms) const;
  // The delegation may still break it: it runs, is another's, and was not objected to by it.
  bool WaitsFor(const std::string& delegation, uint64_t now_ms) const;
  std::string Reference(const Views& views) const;  // the amendment's
  std::string HowToObject(const Views& views) const;
};

// Ascending by (time claimed, entry id).
absl::StatusOr<std::vector<OpenSilence>> OpenSilences(const Views& views);

}  // namespace entente::query
