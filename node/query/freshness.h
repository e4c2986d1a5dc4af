// How fresh the local copy is, per delegation: the newest record held, and the last contact with a
// node of that delegation. What makes "not submitted" and "not seen here yet" different words.
#pragma once

#include <map>
#include <string>

#include "entente/v1/local.pb.h"
#include "node/query/views.h"

namespace entente::query {

struct DelegationFreshness {
  uint64_t newest_record_ms = 0;  // claimed time of the newest entry held; 0: none
  uint64_t last_contact_ms = 0;   // last complete sync with a node of the delegation; 0: never
  bool own = false;  // this node's own delegation: nothing of it can be missing here unseen
};

// Code in the charter -> freshness, for every delegation ever admitted.
absl::StatusOr<std::map<std::string, DelegationFreshness>> Freshness(const Views& views);

// "Local copy: KG own, KZ 1h, TJ never."
std::string FreshnessLine(const std::map<std::string, DelegationFreshness>& freshness,
                          uint64_t now_ms);

// Fills the table's freshness line and instrument.
absl::Status AddFreshness(const Views& views, uint64_t now_ms, v1::Table& table);

}  // namespace entente::query
