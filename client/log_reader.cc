#include "client/log_reader.h"

#include <algorithm>

#include "client/errors.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

absl::Status ReadLog(Context& context, absl::string_view instrument, const ChunkSink& sink) {
  v1::ExportLogRequest request;
  request.set_instrument(base::Str(instrument));
  return context.Read(local::kExportLog, request, std::chrono::hours(1), sink);
}

absl::StatusOr<Feeds> ReadFeeds(Context& context, absl::string_view instrument,
                                const std::function<bool(const ledger::EntryHeader&)>& wanted) {
  Feeds feeds;
  RETURN_IF_ERROR(ReadLog(context, instrument, [&](v1::LogChunk& chunk) -> absl::Status {
    for (auto& signed_entry : *chunk.mutable_entries()) {
      ASSIGN_OR_RETURN(ledger::Entry entry, ledger::ParseLeaf(signed_entry.leaf(), std::nullopt));
      if (!wanted(entry.header)) continue;
      feeds[entry.feed()].push_back({entry.header.sequence, entry.id, entry.header.previous,
                                     entry.header.credentials_head, entry.header.hlc});
    }
    return absl::OkStatus();
  }));
  for (auto& [feed, entries] : feeds) {
    std::sort(entries.begin(), entries.end(), [](const FeedEntry& a, const FeedEntry& b) {
      return std::tie(a.sequence, a.id) < std::tie(b.sequence, b.id);
    });
  }
  return feeds;
}

}  // namespace entente::client
