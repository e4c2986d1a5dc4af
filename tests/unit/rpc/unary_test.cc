// What a unary call holds, and until when.
#include "node/rpc/unary.h"

#include <gtest/gtest.h>

#include <future>

#include "node/rpc/server.h"
#include "tests/unit/rpc/temp_dir.h"
#include "tests/unit/rpc/who_service.h"

namespace entente::rpc {
namespace {

constexpr size_t kReplyBytes = 900 << 10;  // more than a stream's window

// /test.Held/Reply: a large reply, and a place that the call holds.
class HeldService : public grpc::Service {
 public:
  HeldService() {
    AddMethod(new grpc::internal::RpcServiceMethod("/test.Held/Reply",
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        0, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
               [this](grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                      grpc::ByteBuffer* reply) {
                 auto place = std::make_shared<int>(0);
                 auto* reactor = OnPool(context, pool_, place, [place, reply] {
                   *reply = Bytes(std::string(kReplyBytes, 'r'));
                   return absl::OkStatus();
                 });
                 place_.set_value(place);
                 return reactor;
               }));
  }
  std::weak_ptr<int> Place() { return place_.get_future().get(); }
  // Until every job that was posted has ended and is gone.
  void AwaitJobs() { pool_.Stop(); }

 private:
  runtime::WorkerPool pool_{{.threads = 1}};
  std::promise<std::weak_ptr<int>> place_;
};

TEST(OnPool, AReplyThatNobodyReadsKeepsItsPlace) {
  TempDir dir;
  HeldService service;
  auto server =
      LocalServer::Start({.socket = dir.path() + "/node.sock", .services = {&service}}).value();
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 14);
  auto channel = grpc::CreateCustomChannel("unix:" + dir.path() + "/node.sock",
                                           grpc::experimental::LocalCredentials(UDS), arguments);
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, "/test.Held/Reply", Bytes(""), &queue);
  call->StartCall();
  call->ReadInitialMetadata(&context);  // sends the request, and reads no message
  const std::weak_ptr<int> place = service.Place();
  service.AwaitJobs();
  EXPECT_FALSE(place.expired());
  context.TryCancel();
  grpc::ByteBuffer reply;
  grpc::Status status;
  call->Finish(&reply, &status, &status);
  void* tag = nullptr;
  bool ok = false;
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  server->Shutdown(absl::Seconds(20));
  EXPECT_TRUE(place.expired());
}

}  // namespace
}  // namespace entente::rpc
