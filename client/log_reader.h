// The whole log of an instrument as the node exports it: every note, every entry, byte for byte.
// What commands build on when they must not trust the node's own tables (audit) or need entries the
// tables do not show (tips).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/context.h"
#include "node/ledger/entry.h"

namespace entente::client {

using ChunkSink = std::function<absl::Status(v1::LogChunk& chunk)>;
absl::Status ReadLog(Context& context, absl::string_view instrument, const ChunkSink& sink);

// What tips are proposed from: the place of one entry in its feed.
struct FeedEntry {
  uint64_t sequence = 1;
  base::EntryId id;
  base::EntryId previous;
  base::NoteId credentials_head;
  uint64_t hlc = 0;
};
using Feeds =
    std::map<ledger::FeedKey, std::vector<FeedEntry>>;  // each ascending by (sequence, id)

// Entries of the keys `wanted` accepts; payloads are not kept.
absl::StatusOr<Feeds> ReadFeeds(Context& context, absl::string_view instrument,
                                const std::function<bool(const ledger::EntryHeader&)>& wanted);

}  // namespace entente::client
