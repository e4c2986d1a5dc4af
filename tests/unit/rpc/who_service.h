// A service of one call, /test.Who/AmI, that answers with the caller's node name in hex, and the
// calling side of it. Written by hand, so that tests of connections need no message of the
// protocol.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "node/rpc/tls/peer_credentials.h"

namespace entente::rpc {

inline grpc::ByteBuffer Bytes(const std::string& text) {
  const grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string Text(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

class WhoService : public grpc::Service {
 public:
  WhoService() {
    AddMethod(new grpc::internal::RpcServiceMethod("/test.Who/AmI",
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        0, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
               [this](grpc::CallbackServerContext* context, const grpc::ByteBuffer*,
                      grpc::ByteBuffer* reply) {
                 ++calls_;
                 const auto spki = PeerSpki(*context);
                 *reply = Bytes(spki ? spki->ToHex() : "nobody");
                 auto* reactor = context->DefaultReactor();
                 reactor->Finish(grpc::Status::OK);
                 return reactor;
               }));
    AddMethod(new grpc::internal::RpcServiceMethod("/test.Who/Wait",
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        1,
        new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [this](grpc::CallbackServerContext*, const grpc::ByteBuffer*, grpc::ByteBuffer* reply) {
              *reply = Bytes("waited");
              auto* waiting = new Waiting;
              waiting_.set_value(waiting);
              return waiting;
            }));
  }
  int calls() const { return calls_; }

  class Waiting : public grpc::ServerUnaryReactor {
   public:
    void End(const grpc::Status& status) {
      if (!has_ended_.exchange(true)) Finish(status);
    }

   private:
    void OnCancel() override { End(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }
    std::atomic<bool> has_ended_{false};
  };
  // The one Wait call of a test, once it has come in.
  Waiting* WaitForWaiting() { return waiting_.get_future().get(); }

 private:
  std::atomic<int> calls_{0};
  std::promise<Waiting*> waiting_;
};

struct Answer {
  grpc::Status status;
  std::string text;
};

inline Answer Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                   const std::string& request = "", bool wait_for_ready = false) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  context.set_wait_for_ready(wait_for_ready);
  grpc::ByteBuffer sent = Bytes(request), got;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(&context, method, {}, &sent, &got,
                 [&](grpc::Status status) { ended.set_value(std::move(status)); });
  Answer answer{ended.get_future().get(), ""};
  if (answer.status.ok()) answer.text = Text(got);
  return answer;
}

inline Answer AskWho(const std::shared_ptr<grpc::Channel>& channel) {
  return Call(channel, "/test.Who/AmI");
}

}  // namespace entente::rpc
