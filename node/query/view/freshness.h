// How fresh the local copy is, per delegation: the newest record held, and the last contact with a
// node of that delegation. What makes "not submitted" and "not seen here yet" different words.
#pragma once

#include <map>
#include <set>
#include <string>

#include "entente/v1/local.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// What only the running node knows: its clock, and with which nodes a contact stands.
struct Present {
  uint64_t now_ms = 0;
  std::set<base::Spki> live;
};

struct DelegationFreshness {
  uint64_t newest_record_ms = 0;  // claimed time of the newest entry held; 0: none
  uint64_t last_contact_ms = 0;   // last complete sync with a node of the delegation; 0: never
  bool own = false;  // this node's own delegation: nothing of it can be missing here unseen
};

// By code in the charter: every delegation ever admitted.
using FreshnessByCode = std::map<std::string, DelegationFreshness>;
// A contact that stands is one of this very moment.
absl::StatusOr<FreshnessByCode> Freshness(const Views& views, const Present& present = {});

// May it be said that what is not here was not submitted? So it may of one's own delegation, of one
// whose node was in contact within the last day, and of one whose node was in contact after the
// deadline had passed (0: there is none): what it had submitted in time would be here.
bool KnownNotSubmitted(const DelegationFreshness& fresh, uint64_t deadline_ms, uint64_t now_ms);

// "Local copy: KG own, KZ 1h, TJ never."
std::string FreshnessLine(const FreshnessByCode& freshness, uint64_t now_ms);

// Fills the table's freshness line and instrument.
absl::Status AddFreshness(const Views& views, const Present& present, v1::Table& table);

}  // namespace entente::query
