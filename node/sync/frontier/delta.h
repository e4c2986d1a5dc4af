// What changed since a bookmark: the tips of a few feeds, as they travel in Hello and its answer.
//
// Both nodes once held the same state and kept it as a bookmark. The caller tells its tips of the
// feeds that changed since; the callee answers with its tips of every feed in which the two differ
// now. A feed neither names stands as it stood then, at both. Format: docs/protocol.md, "Hello".
#pragma once

#include <optional>
#include <vector>

#include "entente/v1/sync.pb.h"
#include "node/sync/frontier/heads.h"
#include "node/sync/frontier/host.h"

namespace entente::sync {

inline constexpr size_t kBookmarkBytes = 8;
// Feeds of one delta; more changed: another way of telling is cheaper.
inline constexpr size_t kDeltaFeedsMax = 1024;
// All deltas of one Hello, or of its answer: far below the receive limit of 1 MiB.
inline constexpr size_t kDeltaBytesMax = 256 << 10;
inline constexpr uint8_t kDeltaIdBytes = 8;

// `key_order` as in ledger::Authority::KeyOrder; empty: whole tips only.
v1::Delta PackDelta(const std::vector<FeedTips>& feeds, const std::vector<PublicKey>& key_order);

// A feed that is not held comes as one tip with sequence 0. INVALID_ARGUMENT, reason
// ENTRY_MALFORMED, when the bytes are not tips, use ordinals that `key_order` does not have, or
// name over 4 tips a feed in the mean.
absl::StatusOr<std::vector<PeerTip>> UnpackDelta(const v1::Delta& delta,
                                                 const std::vector<PublicKey>& key_order);

// The callee's side of it: what to answer to this part of a Hello, if the bookmark is known and not
// too much changed. Never scans.
std::optional<v1::Delta> AnswerDelta(Host& host, const Spki& peer, const InstrumentId& instrument,
                                     const v1::InstrumentHello& hello,
                                     base::Digest& frontier_digest);

}  // namespace entente::sync
