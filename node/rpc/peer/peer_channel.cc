#include "node/rpc/peer/peer_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "node/rpc/server.h"
#include "node/rpc/tls/peer_credentials.h"

namespace entente::rpc {

std::shared_ptr<grpc::Channel> MakePeerChannel(const Identity& identity, const std::string& address,
                                               const base::Spki& expected) {
  grpc::ChannelArguments arguments;
  // A cut line is noticed 30 to 45 s later by gRPC alone; the sync watchdog, which sees missing
  // frames, is faster.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 15000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA,
                   0);  // a quiet stream is pinged all the same
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY,
                   0);  // no environment variable redirects node traffic
  // Connections are not shared with other channels of the process: the pin belongs to this one.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 8192);
  // When to try again is the sync's decision, with its own back-off; gRPC must not hold calls back
  // for minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10000);  // also bounds one attempt to connect
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetServiceConfigJSON("{}");
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetMaxSendMessageSize(kMessageBytesMax);
  return grpc::CreateCustomChannel(address, PeerChannelCredentials(identity, expected), arguments);
}

}  // namespace entente::rpc
