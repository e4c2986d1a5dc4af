// The store of a node, opened as the node opens it, without the node.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/driver/replica.h"
#include "storage/rocksdb_kv.h"

namespace entente::bench {

struct NodeStore {
  std::unique_ptr<storage::RocksKv> kv;
  std::unique_ptr<driver::Replica> replica;  // goes first

  static absl::StatusOr<NodeStore> Open(const std::string& data_dir);
};

}  // namespace entente::bench
