// A real node under measurement: its store made ready beforehand, then the program itself.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "entente/v1/local.grpc.pb.h"
#include "node/driver/replica.h"
#include "storage/rocksdb_kv.h"

namespace entente::bench {

// The store of a node with this data directory, opened as the node opens it.
struct NodeStore {
  std::unique_ptr<storage::RocksKv> kv;
  std::unique_ptr<driver::Replica> replica;  // goes first

  static absl::StatusOr<NodeStore> Open(const std::string& data_dir);
};

// A port of 127.0.0.1 that was free a moment ago.
int FreePort();

class NodeProcess {
 public:
  // Runs entented of the same build on the first two processors and waits until it answers.
  static absl::StatusOr<std::unique_ptr<NodeProcess>> Start(const std::string& data_dir, int port);
  ~NodeProcess();

  std::unique_ptr<v1::Local::Stub> Connect() const;  // each with a connection of its own
  double PeakMiB() const;                            // resident memory at its highest
  double CpuSeconds() const;                         // so far, all threads

 private:
  NodeProcess(pid_t pid, std::string socket) : pid_(pid), socket_(std::move(socket)) {}
  absl::Status AwaitReady() const;

  const pid_t pid_;
  const std::string socket_;
};

}  // namespace entente::bench
