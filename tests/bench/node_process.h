// A real node under measurement: its store made ready beforehand (node_store.h), then the program
// itself.
#pragma once

#include <grpcpp/channel.h>
#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "entente/v1/local.grpc.pb.h"

namespace entente::bench {

// A port of 127.0.0.1 that was free a moment ago.
int FreePort();

class NodeProcess {
 public:
  // Runs entented of the same build on the first two processors and waits until it answers.
  static absl::StatusOr<std::unique_ptr<NodeProcess>> Start(const std::string& data_dir, int port);
  ~NodeProcess();

  // At once, as a power cut would: nothing more is written. The destructor comes next.
  void Kill();
  std::shared_ptr<grpc::Channel> Channel() const;  // each a connection of its own
  std::unique_ptr<v1::Local::Stub> Connect() const { return v1::Local::NewStub(Channel()); }
  double PeakMiB() const;     // resident memory at its highest
  double CpuSeconds() const;  // so far, all threads

 private:
  NodeProcess(pid_t pid, std::string socket) : pid_(pid), socket_(std::move(socket)) {}
  absl::Status AwaitReady() const;

  const pid_t pid_;
  const std::string socket_;
};

}  // namespace entente::bench
