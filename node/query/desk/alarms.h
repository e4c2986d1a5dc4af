// What a person must know first: forks of feeds and of chains, with who signed both sides; keys of
// one's own delegation that are suspended, or went on in a further incarnation. Nothing here
// decides anything.
#pragma once

#include "entente/v1/local.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// Gravest first. Reads the rows of a feed only where the feed is forked.
absl::Status AddAlarms(const Views& views, v1::NodeStatus& status);

}  // namespace entente::query
