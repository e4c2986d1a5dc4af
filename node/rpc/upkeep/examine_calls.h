// entente doctor on a running node.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "entente/v1/operator.pb.h"
#include "node/blob/blob_limits.h"
#include "node/rpc/node_core.h"
#include "node/rpc/peer/peers.h"
#include "storage/rocksdb_kv.h"

namespace entente::rpc {

absl::Status ExamineNode(NodeCore& core, const storage::RocksKv& kv, Peers& peers,
                         const Identity& identity, const blob::LimitsByInstrument& limits,
                         const v1::ExamineRequest& request,
                         const std::function<bool(const v1::Check&)>& write);

// Codes of `attachments.instruments` of which this node has joined no instrument: mistyped, or of
// one that is yet to be joined. Until then they say nothing.
std::vector<std::string> NotJoined(const NodeCore& core, const blob::LimitsByInstrument& limits);

// The same of a data directory whose node is down. Nothing is changed in it.
std::vector<v1::Check> ExamineDirectory(const std::string& data_dir, uint64_t now_ms, bool all);

}  // namespace entente::rpc
