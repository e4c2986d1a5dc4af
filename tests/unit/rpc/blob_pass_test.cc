// Contents within what a person allows, over real mutual TLS: what is told before, what goes over,
// and what is left.
#include "node/rpc/attachment/blob_pass.h"

#include <gmock/gmock.h>

#include "node/query/desk/only_here.h"
#include "node/rpc/attachment/blob_service.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/server.h"
#include "node/runtime/worker_pool.h"
#include "tests/unit/rpc/attachment_fixture.h"

namespace entente::rpc {
namespace {

using blob::kChunkBytes;

class AnyNode : public Membership {
 public:
  bool Admits(const base::Spki&) const override { return true; }
};

class BlobPassTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = PeerServer::Start({.listen = "127.0.0.1:0",
                                     .identity = plan_.kg_node,
                                     .membership = std::make_shared<AnyNode>(),
                                     .limits = {},
                                     .services = {&service_}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    for (Holder* holder : {&kg_, &kz_}) {
      holder->Report("DDR/08", {coming_.Named("order.pdf"), going_.Named("law.pdf")});
    }
    // As its author has it; and as another node does that came by it.
    ASSERT_TRUE(kg_.blobs->Put(coming_.id, coming_.All(), "d-1").ok());
    ASSERT_TRUE(kz_.blobs->Put(going_.id, going_.All(), "").ok());
    ASSERT_TRUE(kz_.blobs->Want(coming_.id, true).ok());
    ASSERT_TRUE(kg_.blobs->Want(going_.id, true).ok());
  }
  // KZ's, with KG.
  ContentsMoved Pass(const ContentsLimits& limits) {
    BlobPass pass({.core = kz_.core.get(),
                   .identity = &plan_.kz_node,
                   .store = kz_.blobs.get(),
                   .wants = kz_.wants.get(),
                   .kept = nullptr,
                   .nothing_owed = nullptr},
                  plan_.kg_node.spki,
                  MakePeerChannel(plan_.kz_node, server_->address(), plan_.kg_node.spki), limits);
    return pass.Run();
  }
  ContentsMoved Within(uint64_t bytes) {
    ContentsLimits limits;
    limits.max_bytes = bytes;
    return Pass(limits);
  }
  bool Whole(Holder& holder, const Content& content) {
    return holder.blobs->Record(content.id)->complete();
  }

  const PlanWithNodes plan_;
  Holder kg_{plan_}, kz_{plan_};
  const Content coming_{5 * kChunkBytes + 5}, going_{3 * kChunkBytes, 'b'};
  runtime::WorkerPool pool_{{.threads = 4}};
  Peers peers_{kg_.core.get(), &plan_.kg_node};
  BlobService service_{kg_.blobs.get(), kg_.wants.get(), &peers_, &pool_};
  std::unique_ptr<PeerServer> server_;
};

TEST_F(BlobPassTest, APlanTellsBothWaysAndMovesNothing) {
  ContentsLimits limits;
  limits.plan = true;
  const ContentsMoved plan = Pass(limits);
  ASSERT_TRUE(plan.status.ok()) << plan.status;
  EXPECT_EQ(plan.to_receive.contents, 1u);
  EXPECT_EQ(plan.to_receive.bytes, coming_.bytes.size());
  EXPECT_EQ(plan.to_send.contents, 1u);
  EXPECT_EQ(plan.to_send.bytes, going_.bytes.size());
  EXPECT_EQ(plan.content_sent + plan.content_received, 0u);
  EXPECT_FALSE(plan.cut_short);
  EXPECT_LT(plan.sent + plan.received, 500u);
  EXPECT_EQ(kz_.blobs->Held(coming_.id)->held(), 0u);
  EXPECT_EQ(kg_.blobs->Held(going_.id)->held(), 0u);
}

TEST_F(BlobPassTest, AnUnlimitedOneMovesAllBothWays) {
  const ContentsMoved moved = Pass({});
  ASSERT_TRUE(moved.status.ok()) << moved.status;
  EXPECT_FALSE(moved.cut_short);
  EXPECT_EQ(moved.whole_received, 1u);
  EXPECT_EQ(moved.whole_sent, 1u);
  EXPECT_EQ(moved.content_received, coming_.bytes.size());
  EXPECT_EQ(moved.content_sent, going_.bytes.size());
  EXPECT_TRUE(Whole(kz_, coming_));
  EXPECT_TRUE(Whole(kg_, going_));
}

TEST_F(BlobPassTest, KeepsToItsBytesSaysWhatIsLeftAndGoesOnAtThePiece) {
  constexpr uint64_t kRoom = 150'000;  // two pieces and a little
  uint64_t received = 0, sent = 0;
  for (int passes = 1; !Whole(kz_, coming_) || !Whole(kg_, going_); ++passes) {
    ASSERT_LE(passes, 5);
    const ContentsMoved moved = Within(kRoom);
    ASSERT_TRUE(moved.status.ok()) << moved.status;
    EXPECT_LE(moved.sent + moved.received, kRoom);
    EXPECT_GT(moved.content_sent + moved.content_received, 0u);
    EXPECT_EQ(moved.to_receive.bytes, coming_.bytes.size() - received);
    EXPECT_EQ(moved.to_send.bytes, going_.bytes.size() - sent);
    received += moved.content_received;
    sent += moved.content_sent;
    EXPECT_EQ(moved.cut_short, !Whole(kz_, coming_) || !Whole(kg_, going_));
  }
  EXPECT_EQ(received, coming_.bytes.size());  // nothing twice
  EXPECT_EQ(sent, going_.bytes.size());
}

TEST_F(BlobPassTest, WithTooLittleRoomToAskItSaysSoAndNothingGoesOver) {
  for (const uint64_t room : {0, 60, 150, 500}) {
    const ContentsMoved moved = Within(room);
    ASSERT_TRUE(moved.status.ok()) << moved.status;
    EXPECT_LE(moved.sent + moved.received, room);
    EXPECT_TRUE(moved.cut_short);
    EXPECT_EQ(moved.left_out, room < 500) << room;
    EXPECT_EQ(moved.content_sent + moved.content_received, 0u);
  }
}

TEST_F(BlobPassTest, AtTheTimeGivenItEndsWell) {
  ContentsLimits limits;
  limits.until_ms = kz_.core->clock().SteadyMs() + 3'600'000;
  EXPECT_FALSE(Pass(limits).cut_short);
  const Content more(2 * kChunkBytes, 'c');
  for (Holder* holder : {&kg_, &kz_}) holder->Report("DDR/09", {more.Named("more.pdf")});
  ASSERT_TRUE(kg_.blobs->Put(more.id, more.All(), "").ok());
  ASSERT_TRUE(kz_.blobs->Want(more.id, true).ok());
  // The time is over between finding out and moving: what is asked before each slice.
  limits.until_ms = 0;
  limits.go_on = [](const ContentsMoved&) { return false; };
  const ContentsMoved stopped = Pass(limits);
  EXPECT_TRUE(absl::IsCancelled(stopped.status));
  EXPECT_EQ(stopped.to_receive.contents, 1u);
  EXPECT_EQ(stopped.content_received, 0u);
  limits.go_on = nullptr;
  limits.until_ms = 1;  // long ago
  const ContentsMoved late = Pass(limits);
  EXPECT_TRUE(late.status.ok()) << late.status;
  EXPECT_EQ(late.content_received, 0u);
}

TEST_F(BlobPassTest, WhatAPeerReadAndHasWholeIsNotHereAlone) {
  const auto only_here = [this] {
    return (
        *query::CountOnlyHere(*kg_.core->NewSnapshot(), *kg_.core->published()))[kg_.instrument()];
  };
  EXPECT_EQ(only_here().contents, 1u);
  EXPECT_EQ(only_here().bytes, coming_.bytes.size());
  (void)Within(200'000);  // a part only
  EXPECT_EQ(only_here().contents, 1u);
  ASSERT_FALSE(Whole(kz_, coming_));
  (void)Pass({});
  EXPECT_EQ(only_here().contents, 0u);
}

TEST_F(BlobPassTest, WhatIsPushedWholeIsNotHereAlone) {
  const Content own(kChunkBytes + 1, 'd');
  for (Holder* holder : {&kg_, &kz_}) holder->Report("DDR/09", {own.Named("own.pdf")});
  ASSERT_TRUE(kz_.blobs->Put(own.id, own.All(), "d-2").ok());
  const auto only_here = [this] {
    return (
        *query::CountOnlyHere(*kz_.core->NewSnapshot(), *kz_.core->published()))[kz_.instrument()];
  };
  EXPECT_EQ(only_here().contents, 1u);
  (void)Pass({});  // KG does not want it
  EXPECT_EQ(only_here().contents, 1u);
  ASSERT_TRUE(kg_.blobs->Want(own.id, true).ok());
  (void)Pass({});
  EXPECT_EQ(only_here().contents, 0u);
}

TEST_F(BlobPassTest, NamesAreNoRightToKnowWhatIsHeld) {
  const Content unnamed(1000, 'e');
  ASSERT_TRUE(kg_.blobs->Put(unnamed.id, unnamed.All(), "d-3").ok());
  const Identity stranger = MakeIdentity().value();
  const auto ask = [&](const Identity& caller, const blob::BlobId& id, int times) {
    auto stub = v1::Blobs::NewStub(MakePeerChannel(caller, server_->address(), plan_.kg_node.spki));
    v1::BlobNames request;
    for (int i = 0; i < times; ++i) {
      request.add_contents()->set_instrument(kg_.instrument().str());
      request.mutable_contents(i)->set_blob(id.Encode());
    }
    grpc::ClientContext context;
    v1::BlobHoldsReply reply;
    const grpc::Status status = stub->Holds(&context, request, &reply);
    EXPECT_EQ(status.error_code() == grpc::StatusCode::INVALID_ARGUMENT, times > 64);
    EXPECT_EQ(reply.held_size(), times > 64 ? 0 : times) << status.error_message();
    return reply.held_size() > 0 && (reply.held(0).complete() || !reply.held(0).held().empty());
  };
  EXPECT_TRUE(ask(plan_.kz_node, coming_.id, 64));
  EXPECT_FALSE(ask(plan_.kz_node, unnamed.id, 1));
  EXPECT_FALSE(ask(stranger, coming_.id, 1));
  EXPECT_FALSE(ask(plan_.kz_node, coming_.id, 65));
}

}  // namespace
}  // namespace entente::rpc
