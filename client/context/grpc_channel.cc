// The only file of the client that knows gRPC.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/sync_stream.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "client/context/channel.h"

namespace entente::client {

namespace {

constexpr int kReceiveBytesMax = 64 << 20;  // an audit chunk; the node sends far less

using Kind = grpc::internal::RpcMethod::RpcType;

absl::Status Answer(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return FromNode(static_cast<absl::StatusCode>(status.error_code()), status.error_message(),
                  status.error_details());
}

class GrpcChannel final : public Channel {
 public:
  explicit GrpcChannel(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

  void SetReaderLanguage(absl::string_view tag) override { language_ = std::string(tag); }

  absl::Status Call(const char* path, const Message& request, Message& response,
                    std::chrono::seconds limit) override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + limit);
    if (!language_.empty()) context.AddMetadata("accept-language", language_);
    const grpc::internal::RpcMethod method(path, Kind::NORMAL_RPC, channel_);
    return Answer(grpc::internal::BlockingUnaryCall<Message, Message, Message, Message>(
        channel_.get(), method, &context, request, &response));
  }

  absl::Status Read(const char* path, const Message& request, Message& response,
                    std::chrono::seconds limit,
                    const std::function<absl::Status()>& each) override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + limit);
    const grpc::internal::RpcMethod method(path, Kind::SERVER_STREAMING, channel_);
    std::unique_ptr<grpc::ClientReader<Message>> stream(
        grpc::internal::ClientReaderFactory<Message>::Create(channel_.get(), method, &context,
                                                             request));
    absl::Status status;
    while (status.ok() && stream->Read(&response)) status = each();
    if (!status.ok()) context.TryCancel();
    const grpc::Status finished = stream->Finish();
    return status.ok() ? Answer(finished) : status;
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  std::string language_;
};

}  // namespace

std::unique_ptr<Channel> NewGrpcChannel(absl::string_view socket_path) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return std::make_unique<GrpcChannel>(grpc::CreateCustomChannel(
      absl::StrCat("unix:", socket_path), grpc::experimental::LocalCredentials(UDS), arguments));
}

}  // namespace entente::client
