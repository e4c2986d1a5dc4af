#include "client/log_reader.h"

#include <algorithm>

#include "client/errors.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

absl::Status ReadLog(Context& context, absl::string_view instrument, const ChunkSink& sink) {
  ASSIGN_OR_RETURN(v1::Local::StubInterface * stub, context.stub());
  grpc::ClientContext call;
  context.SetDeadline(call, std::chrono::hours(1));
  v1::ExportLogRequest request;
  request.set_instrument(base::Str(instrument));
  auto stream = stub->ExportLog(&call, request);
  v1::LogChunk chunk;
  absl::Status status;
  while (stream->Read(&chunk)) {
    status = sink(chunk);
    if (!status.ok()) {
      call.TryCancel();
      break;
    }
  }
  grpc::Status finished = stream->Finish();
  return status.ok() ? FromGrpc(finished) : status;
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
