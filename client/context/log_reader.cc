#include "client/context/log_reader.h"

#include <algorithm>

#include "node/base/bytes.h"
#include "node/base/status_macros.h"

namespace entente::client {

absl::Status ReadLog(Context& context, absl::string_view instrument,
                     const std::vector<base::PublicKey>& keys, const ChunkSink& sink) {
  v1::ExportLogRequest request;
  request.set_instrument(base::Str(instrument));
  for (const base::PublicKey& key : keys) request.add_keys(key.str());
  return context.Read(local::kExportLog, request, std::chrono::hours(1), sink);
}

absl::Status ReadHeads(Context& context, absl::string_view instrument, const ChunkSink& sink) {
  v1::ExportLogRequest request;
  request.set_instrument(base::Str(instrument));
  request.set_heads_only(true);
  return context.Read(local::kExportLog, request, std::chrono::hours(1), sink);
}

absl::Status ReadParts(Context& context, absl::string_view instrument,
                       const std::vector<FeedFrom>& parts, const ChunkSink& sink) {
  constexpr size_t kPartsPerCall = 4096;
  for (size_t done = 0; done < parts.size(); done += kPartsPerCall) {
    v1::ExportLogRequest request;
    request.set_instrument(base::Str(instrument));
    for (size_t i = done; i < std::min(parts.size(), done + kPartsPerCall); ++i) {
      v1::FeedPart& part = *request.add_parts();
      part.set_key(parts[i].feed.key.str());
      part.set_incarnation(parts[i].feed.incarnation);
      part.set_from(parts[i].from);
    }
    RETURN_IF_ERROR(context.Read(local::kExportLog, request, std::chrono::hours(1), sink));
  }
  return absl::OkStatus();
}

}  // namespace entente::client
