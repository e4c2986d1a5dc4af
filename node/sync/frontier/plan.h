// What two nodes owe each other in one instrument: our frontier against the tips the peer told.
//
// A feed is settled when every tip of the peer is held here: then each of our own tips that the
// peer did not name is one it lacks. A feed with a tip we do not hold is unsettled: it is pulled
// first, and only then it is known what the peer lacks of it.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/sync.pb.h"
#include "node/sync/frontier/heads.h"

namespace entente::sync {

// Held entries of a feed at a sequence; see Host::IdsAt.
using IdsAtFn =
    std::function<absl::StatusOr<std::vector<EntryId>>(const FeedRef& feed, uint64_t sequence)>;

// A path one side has and the other lacks; see Host::ReadPath.
struct Path {
  FeedRef feed;
  EntryRef tip;
  std::vector<EntryRef> have;
};

struct Plan {
  std::vector<v1::Want> wants;       // to pull
  std::vector<FeedRef> wants_feeds;  // feed of each want
  std::vector<Path> lacks;           // to push
  std::vector<PeerTip> unsettled;    // every peer tip of the feeds that are pulled first

  bool empty() const { return wants.empty() && lacks.empty(); }
};

// `theirs` in any order; a tip with sequence 0 says that nothing of the feed is held there. With
// `only_theirs`, feeds the peer did not name are left alone: the second look at unsettled feeds
// after a pull.
absl::StatusOr<Plan> MakePlan(const Frontier& own, std::vector<PeerTip> theirs, bool only_theirs,
                              const IdsAtFn& ids_at);

// Adds entries of our own copy, exponentially spaced from the want's tip down to sequence 1, so
// that the peer finds where the branches part.
absl::Status AddLocator(const Tips* own, const FeedRef& feed, const IdsAtFn& ids_at,
                        v1::Want& want);

// The peer's answer side: which held entries a Want means. Nothing when its tip is not held here.
struct ResolvedWant {
  std::vector<Path> paths;  // usually one
  bool unlinked =
      false;  // no `have` of it is known here: nothing may be sent before a locator is given
};
absl::StatusOr<ResolvedWant> ResolveWant(const v1::Want& want, const IdsAtFn& ids_at);

}  // namespace entente::sync
