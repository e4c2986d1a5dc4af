#include "client/context/log_reader.h"

#include "node/base/bytes.h"

namespace entente::client {

absl::Status ReadLog(Context& context, absl::string_view instrument,
                     const std::vector<base::PublicKey>& keys, const ChunkSink& sink) {
  v1::ExportLogRequest request;
  request.set_instrument(base::Str(instrument));
  for (const base::PublicKey& key : keys) request.add_keys(key.str());
  return context.Read(local::kExportLog, request, std::chrono::hours(1), sink);
}

}  // namespace entente::client
