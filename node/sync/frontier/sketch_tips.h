// Tips as the items of a sketch, and what the items that differ say about the peer's tips.
// Which of the ways to compare heads is cheapest: docs/protocol.md, "Heads".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "entente/v1/sync.pb.h"
#include "node/sync/frontier/heads.h"
#include "node/sync/frontier/sketch.h"

namespace entente::sync {

inline constexpr size_t kSketchKeyBytes = 16;
// About what a tip costs when all are told: 1 byte of ordinal, 1 of sequence, 4 of the id.
inline constexpr uint64_t kArrayTipBytes = 6;
// Symbols of the first stretch; a smaller sketch is not worth a try.
inline constexpr uint32_t kSketchFirst = 128;
inline constexpr uint32_t kSketchMin = 16;
// Of one request, and in all.
inline constexpr uint32_t kSymbolsAskedMax = 65'536;
inline constexpr uint32_t kSymbolsMax = 131'072;
// A message brings this part of what was sent before it, within kSketchMin and kSymbolsPerChunk: so
// little is sent in vain by the one that brings the last symbol needed.
inline constexpr uint32_t kSketchParts = 16;
inline constexpr uint32_t kSymbolsPerChunk = 64;

// First 16 bytes of HMAC-SHA-256(nonce of this contact's Hello, "entente/sketch/v1" || instrument).
std::string SketchKey(absl::string_view nonce, const InstrumentId& instrument);

// Ascending. Nothing: a tip cannot be written so (its key has no ordinal, a number is too large,
// two tips look alike); then heads are told another way.
std::optional<std::vector<SketchItem>> SketchItems(const Frontier& frontier,
                                                   const std::vector<PublicKey>& key_order);

// The stretch of symbols asked for, in messages the first of which names the frontier. Nothing: as
// SketchItems. INVALID_ARGUMENT: the request is out of bounds.
absl::StatusOr<std::optional<std::vector<v1::HeadsChunk>>> PackSketch(
    const Frontier& frontier, const std::vector<PublicKey>& key_order,
    const v1::HeadsRequest& request);

// The peer's tips of every feed in which it differs from `own`, as in a delta: a feed it does not
// hold has one tip with sequence 0. INVALID_ARGUMENT when an item is of no known feed.
absl::StatusOr<std::vector<PeerTip>> TipsOfSketch(const Frontier& own, const SketchDecoder& decoder,
                                                  const std::vector<PublicKey>& key_order);

// The most symbols a sketch may take before telling all of the peer's tips is cheaper; 0: do not
// begin. `least` items differ at any rate.
uint32_t SketchCap(uint64_t peer_feeds, uint64_t least);
// Where to read on to, with `have` symbols read and about `estimate` items differing; 0: the cap
// will not do, stop here.
uint32_t SketchNext(uint32_t have, double estimate, uint32_t cap);

}  // namespace entente::sync
