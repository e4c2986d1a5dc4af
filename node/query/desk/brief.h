// The facts a round's brief is made from (brief.proto), in parts of bounded size, each slot read
// once. A function of the snapshot's set: the same set gives the same parts.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "entente/v1/brief.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// False: nobody reads any more.
using BriefWrite = std::function<bool(const v1::BriefPart&)>;

// What the head says the brief was made from.
struct BriefBasis {
  std::optional<base::Digest> frontier, view;  // nothing: not known of that past state
  std::string as_of;                           // in words; "" for now
};

// NOT_FOUND when a round that is named is not held. CANCELLED when `write` says so.
absl::Status Brief(const Views& views, const v1::BriefQuestion& question, const BriefBasis& basis,
                   const BriefWrite& write);

}  // namespace entente::query
