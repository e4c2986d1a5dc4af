// The Local service's calls about entries: what a client needs before it signs, the signed entries
// coming in, and the log going out for an audit.
#pragma once

#include <functional>

#include "entente/v1/local.pb.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

absl::Status PrepareEntries(NodeCore& core, const v1::PrepareEntriesRequest& request,
                            v1::PrepareEntriesResponse& response);
absl::Status SubmitEntries(NodeCore& core, const v1::SubmitEntriesRequest& request,
                           v1::SubmitEntriesResponse& response);
// Notes first, then every entry as it came, in chunks under 1 MiB. `write` returns false when the
// caller left.
absl::Status ExportLog(NodeCore& core, const v1::ExportLogRequest& request,
                       const std::function<bool(const v1::LogChunk&)>& write);

}  // namespace entente::rpc
