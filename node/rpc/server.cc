#include "node/rpc/server.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "node/base/status_macros.h"

namespace entente::rpc {

namespace {

constexpr int kThreadsMax = 32;
constexpr size_t kMemoryBytesMax = 256u << 20;

// Linking the reflection library puts it into every server of the process; this takes it out of
// one.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins,
                  [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

void SetLimits(grpc::ServerBuilder& builder, const char* name) {
  grpc::ResourceQuota quota(name);
  quota.SetMaxThreads(kThreadsMax);
  quota.Resize(kMemoryBytesMax);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.SetMaxSendMessageSize(kMessageBytesMax);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 64);  // default: no limit
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8192);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION,
                             0);  // no decompression bombs
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

void SetPeerTimes(grpc::ServerBuilder& builder) {
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 300000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 3600000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 120000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  // Under the clients' 30 s with room for jitter; oftener is answered GOAWAY too_many_pings.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
}

}  // namespace

RunningServer::~RunningServer() { Shutdown(absl::ZeroDuration()); }

absl::Status RunningServer::Begin(grpc::ServerBuilder& builder, std::unique_ptr<Listener> listener,
                                  std::shared_ptr<grpc::ServerCredentials> credentials,
                                  const Acceptor::Limits& limits) {
  const std::string address = listener->address();
  entrance_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      std::move(credentials));
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    return absl::InternalError("gRPC could not start a server for " + address);
  }
  auto acceptor = Acceptor::Start(std::move(listener), limits, [this](int listener_fd, int fd) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = listener_fd;
    connection.fd = fd;
    // gRPC closes it, except before the start and after the shutdown of its server: the loop runs
    // only between the two.
    entrance_->HandleNewConnection(&connection);
  });
  if (!acceptor.ok()) return acceptor.status();
  acceptor_ = *std::move(acceptor);
  return absl::OkStatus();
}

void RunningServer::Shutdown(absl::Duration deadline) {
  if (server_ == nullptr) return;
  if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(false);
  if (acceptor_ != nullptr) acceptor_->Stop();
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(deadline));
  server_->Wait();
}

absl::StatusOr<std::unique_ptr<PeerServer>> PeerServer::Start(const Options& options) {
  ASSIGN_OR_RETURN(auto listener, Listener::Tcp(options.listen));
  std::unique_ptr<PeerServer> server(new PeerServer);
  grpc::ServerBuilder builder;
  SetLimits(builder, "peer");
  SetPeerTimes(builder);
  builder.SetOption(std::make_unique<WithoutReflection>());
  builder.SetOption(std::make_unique<grpc::HealthCheckServiceServerBuilderOption>(nullptr));
  for (grpc::Service* service : options.services) builder.RegisterService(service);
  RETURN_IF_ERROR(server->Begin(builder, std::move(listener),
                                PeerServerCredentials(options.identity, options.membership),
                                options.limits));
  return server;
}

absl::StatusOr<std::unique_ptr<LocalServer>> LocalServer::Start(const Options& options) {
  ASSIGN_OR_RETURN(auto listener, Listener::Unix(options.socket));
  std::unique_ptr<LocalServer> server(new LocalServer);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(builder, "local");
  for (grpc::Service* service : options.services) builder.RegisterService(service);
  RETURN_IF_ERROR(server->Begin(builder, std::move(listener),
                                grpc::experimental::LocalServerCredentials(UDS),
                                Acceptor::Limits{}));
  return server;
}

}  // namespace entente::rpc
