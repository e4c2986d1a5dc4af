// Requests that come in whole, in pieces, late and never, over real mutual TLS.
#include "node/rpc/peer/request_arrival.h"

#include <gmock/gmock.h>

#include <chrono>
#include <vector>

#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/server.h"
#include "tests/support/raw_caller.h"
#include "tests/unit/rpc/attachment_fixture.h"
#include "tests/unit/rpc/who_service.h"

namespace entente::rpc {
namespace {

using support::RawCaller;
using ::testing::HasSubstr;

constexpr char kEcho[] = "/test.Echo/Echo", kTwice[] = "/test.Echo/Twice";
constexpr size_t kRequestsMax = 3;
constexpr int kPatienceMs = 20'000;

class Anybody : public Membership {
 public:
  bool Admits(const base::Spki&) const override { return true; }
};

// Writes its request a number of times.
class Repeating final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  Repeating(grpc::ByteBuffer bytes, int times) : bytes_(std::move(bytes)), left_(times) { Next(); }
  void OnWriteDone(bool) override { Next(); }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (left_-- == 0) return Finish(grpc::Status::OK);
    StartWrite(&bytes_);
  }
  grpc::ByteBuffer bytes_;
  int left_;
};

// Answers with what was asked: once, or as a stream of two.
class EchoService : public grpc::Service {
 public:
  EchoService(Peers* peers, absl::Duration within)
      : gate_("Echo", peers, {kRequestsMax, 1 << 20}), arrival_(&gate_, within) {
    using grpc::internal::RpcMethod;
    using grpc::internal::RpcServiceMethod;
    AddMethod(new RpcServiceMethod(kEcho, RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(0, arrival_.Of(this, &EchoService::Echo));
    MarkMethodStreamed(0, arrival_.Of(this, &EchoService::Echo));
    AddMethod(new RpcServiceMethod(kTwice, RpcMethod::SERVER_STREAMING, nullptr));
    MarkMethodRawCallback(1, arrival_.Of(this, &EchoService::Twice));
    MarkMethodStreamed(1, arrival_.Of(this, &EchoService::Twice));
  }

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request, grpc::ByteBuffer* reply) {
    *reply = *request;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Twice(grpc::CallbackServerContext*,
                                                    const grpc::ByteBuffer* request) {
    return new Repeating(*request, 2);
  }

 private:
  PeerGate gate_;
  RequestArrival arrival_;
};

class RequestArrivalTest : public ::testing::Test {
 protected:
  void Serve(absl::Duration within) {
    service_ = std::make_unique<EchoService>(&peers_, within);
    auto server = PeerServer::Start({.listen = "127.0.0.1:0",
                                     .identity = plan_.own,
                                     .membership = std::make_shared<Anybody>(),
                                     .limits = {},
                                     .services = {service_.get()}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  std::shared_ptr<grpc::Channel> ChannelOf(const Identity& caller) {
    return MakePeerChannel(caller, server_->address(), plan_.own.spki);
  }
  static void AwaitEnd(RawCaller& caller, uint32_t stream) {
    while (!caller.Ended(stream)) {
      ASSERT_TRUE(caller.Listen(kPatienceMs)) << "nothing was heard in " << kPatienceMs << " ms";
    }
  }

  const PlanWithNodes plan_;
  Holder holder_{plan_};
  Peers peers_{holder_.core.get(), &plan_.own};
  std::unique_ptr<EchoService> service_;
  std::unique_ptr<PeerServer> server_;
};

TEST_F(RequestArrivalTest, WhatComesWholeIsAnsweredAsEver) {
  Serve(absl::Minutes(5));
  auto channel = ChannelOf(plan_.kg_node);
  for (size_t size : {0u, 1u, 100'000u, 1'000'000u}) {
    const std::string text(size, 'x');
    const Answer answer = Call(channel, kEcho, text);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    EXPECT_EQ(answer.text, text);
  }
}

TEST_F(RequestArrivalTest, AStreamIsWrittenToItsEnd) {
  Serve(absl::Minutes(5));
  grpc::GenericStub stub(ChannelOf(plan_.kg_node));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareCall(&context, kTwice, &queue);
  const auto await = [&queue] {
    void* tag;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return ok;
  };
  call->StartCall(nullptr);
  EXPECT_TRUE(await());
  call->WriteLast(Bytes("twice"), grpc::WriteOptions(), nullptr);
  EXPECT_TRUE(await());
  for (int i = 0; i < 2; ++i) {
    grpc::ByteBuffer got;
    call->Read(&got, nullptr);
    EXPECT_TRUE(await());
    EXPECT_EQ(Text(got), "twice");
  }
  grpc::ByteBuffer none;
  call->Read(&none, nullptr);
  EXPECT_FALSE(await());
  grpc::Status status;
  call->Finish(&status, nullptr);
  await();
  EXPECT_TRUE(status.ok()) << status.error_message();
  queue.Shutdown();
}

TEST_F(RequestArrivalTest, AMessageOverTheLimitIsRefused) {
  Serve(absl::Minutes(5));
  RawCaller caller(plan_.kg_node, server_->address());
  const uint32_t stream = caller.Begin(kEcho, kMessageBytesMax + 1);
  for (size_t left = kMessageBytesMax + 1; left > 0 && !caller.Ended(stream);) {
    left -= caller.Send(stream, left, 16'000);
    caller.Listen(1);
  }
  AwaitEnd(caller, stream);
  EXPECT_THAT(caller.Heard(stream), HasSubstr("larger than max"));
}

TEST_F(RequestArrivalTest, ByteByByteGainsNoTime) {
  Serve(absl::Milliseconds(300));
  RawCaller caller(plan_.kg_node, server_->address());
  const uint32_t stream = caller.Begin(kEcho, 1'000'000);
  while (!caller.Ended(stream)) {
    caller.Send(stream, 1, 1);
    caller.Listen(1);
  }
  EXPECT_THAT(caller.Heard(stream), HasSubstr("did not come whole within 300ms"));
  // Only that call has ended.
  const uint32_t next = caller.Begin(kEcho, 3);
  EXPECT_EQ(caller.Send(next, 3, 3), 3u);
  AwaitEnd(caller, next);
  EXPECT_THAT(caller.Heard(next), HasSubstr("grpc-status"));
}

TEST_F(RequestArrivalTest, AsManyAsAPeerMayHaveOverAllItsConnections) {
  Serve(absl::Minutes(5));
  std::vector<std::unique_ptr<RawCaller>> callers;
  uint32_t first = 0;
  for (size_t i = 0; i < kRequestsMax; ++i) {
    callers.push_back(std::make_unique<RawCaller>(plan_.kg_node, server_->address()));
    first = callers.back()->Begin(kEcho, 10);
    // So that it is under way there: a window is told once the request is awaited.
    EXPECT_EQ(callers.back()->Send(first, 9, 1), 9u);
  }
  const auto refused = [this] {
    return !Call(ChannelOf(plan_.kg_node), kEcho, "one more").status.ok();
  };
  while (!refused()) {
  }
  const Answer answer = Call(ChannelOf(plan_.kg_node), kEcho, "one more");
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(answer.status.error_message(), HasSubstr("at most 3 requests of Echo"));
  EXPECT_EQ(Call(ChannelOf(plan_.kz_node), kEcho, "another's").text, "another's");
  // One comes whole, one leaves: two places are free.
  callers[0]->Send(first, 1, 1);
  AwaitEnd(*callers[0], first);
  callers.pop_back();
  RawCaller again(plan_.kg_node, server_->address());
  again.Begin(kEcho, 10);
  while (refused()) {
  }
}

TEST_F(RequestArrivalTest, ShutdownWaitsForNone) {
  Serve(absl::Minutes(5));
  RawCaller caller(plan_.kg_node, server_->address());
  const uint32_t stream = caller.Begin(kEcho, 10);
  caller.Send(stream, 5, 1);
  server_->Shutdown(absl::Milliseconds(50));
  AwaitEnd(caller, stream);
}

}  // namespace
}  // namespace entente::rpc
