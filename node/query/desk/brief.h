// The facts a round's brief is made from (brief.proto), in parts of bounded size, each slot read
// once. A function of the snapshot's set: the same set gives the same parts.
#pragma once

#include <functional>

#include "entente/v1/brief.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// False: nobody reads any more.
using BriefWrite = std::function<bool(const v1::BriefPart&)>;

// NOT_FOUND when a round that is named is not held. CANCELLED when `write` says so. The digests of
// the head are those of `digests`.
struct BriefDigests {
  base::Digest frontier, view;
};
absl::Status Brief(const Views& views, const v1::BriefQuestion& question,
                   const BriefDigests& digests, const BriefWrite& write);

}  // namespace entente::query
