// The node's two servers. PeerServer: other nodes, over mutual TLS only. LocalServer: this
// machine's people and scripts, over a Unix socket only their user can reach. Each accepts through
// its own loop (acceptor.h).
//
// Limits are set against what gRPC 1.51 leaves open: threads and memory by quota, streams per
// connection, header and message sizes, handshake time, connection age (so that membership is asked
// for again at least hourly). Keepalive notices a cut line within 30 seconds on the dialling side.
//
// Life: Start -> Shutdown(deadline) -> destruction. Services must outlive the server.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "node/rpc/acceptor.h"
#include "node/rpc/tls/identity.h"
#include "node/rpc/tls/peer_credentials.h"

namespace entente::rpc {

// Messages are bounded in both directions, on both servers and on channels to peers.
inline constexpr int kMessageBytesMax = 1 << 20;

// What the two have in common: a gRPC server fed by an Acceptor.
class RunningServer {
 public:
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  // Stops accepting, answers NOT_SERVING to health checks, lets calls end until the deadline,
  // cancels the rest and waits for them. Safe to call twice.
  void Shutdown(absl::Duration deadline);

  const std::string& address() const { return acceptor_->address(); }
  int port() const { return acceptor_->port(); }
  grpc::Server& server() { return *server_; }

 protected:
  RunningServer() = default;
  // Binds nothing: `listener` is bound already, so that a port in use is told before anything
  // starts.
  absl::Status Begin(grpc::ServerBuilder& builder, std::unique_ptr<Listener> listener,
                     std::shared_ptr<grpc::ServerCredentials> credentials,
                     const Acceptor::Limits& limits);

 private:
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> entrance_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;  // before entrance_ and server_ go
};

class PeerServer : public RunningServer {
 public:
  struct Options {
    std::string listen;  // HOST:PORT
    Identity identity;
    std::shared_ptr<const Membership> membership;
    Acceptor::Limits limits;
    std::vector<grpc::Service*> services;
  };
  // No reflection and no health service here: a peer learns what its protocol tells it.
  static absl::StatusOr<std::unique_ptr<PeerServer>> Start(const Options& options);
};

class LocalServer : public RunningServer {
 public:
  struct Options {
    std::string socket;  // path
    std::vector<grpc::Service*> services;
  };
  // With reflection and grpc.health.v1 beside the services.
  static absl::StatusOr<std::unique_ptr<LocalServer>> Start(const Options& options);
};

}  // namespace entente::rpc
