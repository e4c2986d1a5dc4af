// The log of an instrument as the node exports it: every note, every entry, byte for byte. What
// commands build on when they must not trust the node's own tables.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "client/context/context.h"
#include "node/base/id.h"
#include "node/ledger/entry.h"

namespace entente::client {

using ChunkSink = std::function<absl::Status(v1::LogChunk& chunk)>;
// All notes come before the first entry. With keys: only their feeds, and what waits aside of them.
absl::Status ReadLog(Context& context, absl::string_view instrument,
                     const std::vector<base::PublicKey>& keys, const ChunkSink& sink);

// The notes, where every feed ends, and what waits aside; of the feeds no entry.
absl::Status ReadHeads(Context& context, absl::string_view instrument, const ChunkSink& sink);

// Of each feed the entries from a sequence on; only entries come.
struct FeedFrom {
  ledger::FeedKey feed;
  uint64_t from = 1;
};
absl::Status ReadParts(Context& context, absl::string_view instrument,
                       const std::vector<FeedFrom>& parts, const ChunkSink& sink);

}  // namespace entente::client
