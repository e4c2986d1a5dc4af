// Two ends of the Blobs service over real mutual TLS: who gets what, and what a hostile peer gets
// done, which is nothing.
#include "node/rpc/attachment/blob_contact.h"

#include <gmock/gmock.h>

#include "node/rpc/attachment/blob_service.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/peer/peers.h"
#include "node/rpc/server.h"
#include "node/runtime/worker_pool.h"
#include "tests/unit/rpc/attachment_fixture.h"

namespace entente::rpc {
namespace {

using blob::kChunkBytes;

class Anyone : public Membership {
 public:
  bool Admits(const base::Spki&) const override { return true; }
};

std::unique_ptr<PeerServer> Serve(const Identity& identity, grpc::Service* service) {
  auto server = PeerServer::Start({.listen = "127.0.0.1:0",
                                   .identity = identity,
                                   .membership = std::make_shared<Anyone>(),
                                   .limits = {},
                                   .services = {service}});
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

class BlobContactTest : public ::testing::Test {
 protected:
  // KG's node serves; who calls is `caller`.
  absl::Status Pass(Holder& holder, const Identity& caller, const PeerServer& server,
                    const base::Spki& peer) {
    BlobContact contact({.core = holder.core.get(),
                         .identity = &caller,
                         .store = holder.blobs.get(),
                         .wants = holder.wants.get(),
                         .kept = [](const base::Spki&) { return true; },
                         .nothing_owed = [](const base::Spki&) { return true; }},
                        peer, server.address());
    return contact.Pass();
  }

  const PlanWithNodes plan_;
  Holder kg_{plan_}, kz_{plan_};
  const Content content_{20 * kChunkBytes + 5};
  runtime::WorkerPool pool_{{.threads = 4}};
  Peers peers_{kg_.core.get(), &plan_.kg_node};
  BlobService service_{kg_.blobs.get(), kg_.wants.get(), &peers_, &pool_};
};

TEST_F(BlobContactTest, WhatIsWantedIsReadAndCutOnesGoOnFromTheChunk) {
  for (Holder* holder : {&kg_, &kz_}) holder->Report("DDR/08", {content_.Named("order.pdf")});
  ASSERT_TRUE(kg_.blobs->Put(content_.id, content_.All(), "").ok());
  ASSERT_TRUE(kz_.blobs->Put(content_.id, {content_.ChunkAt(7), content_.ChunkAt(8)}, "").ok());
  auto server = Serve(plan_.kg_node, &service_);
  // Not asked for, and not its own delegation's: nothing moves.
  ASSERT_TRUE(Pass(kz_, plan_.kz_node, *server, plan_.kg_node.spki).ok());
  EXPECT_EQ(kz_.blobs->Held(content_.id)->held(), 2u);
  ASSERT_TRUE(kz_.blobs->Want(content_.id, true).ok());
  ASSERT_TRUE(Pass(kz_, plan_.kz_node, *server, plan_.kg_node.spki).ok());
  EXPECT_TRUE(kz_.blobs->Record(content_.id)->complete());
  EXPECT_FALSE(kz_.blobs->Record(content_.id)->wanted());
}

TEST_F(BlobContactTest, FromTwoPeersThatEachHoldAPart) {
  for (Holder* holder : {&kg_, &kz_}) holder->Report("DDR/08", {content_.Named("order.pdf")});
  std::vector<blob::Chunk> even, odd;
  for (blob::Chunk& chunk : content_.All()) (chunk.number % 2 ? odd : even).push_back(chunk);
  ASSERT_TRUE(kg_.blobs->Put(content_.id, even, "").ok());
  ASSERT_TRUE(kz_.blobs->Put(content_.id, odd, "").ok());
  ASSERT_TRUE(kz_.blobs->Want(content_.id, true).ok());
  auto server = Serve(plan_.kg_node, &service_);
  ASSERT_TRUE(Pass(kz_, plan_.kz_node, *server, plan_.kg_node.spki).ok());
  EXPECT_TRUE(kz_.blobs->Record(content_.id)->complete());
}

TEST_F(BlobContactTest, WhatThePeerWantsIsPushed) {
  for (Holder* holder : {&kg_, &kz_}) holder->Report("DDR/08", {content_.Named("order.pdf")});
  ASSERT_TRUE(kz_.blobs->Put(content_.id, content_.All(), "").ok());
  ASSERT_TRUE(kg_.blobs->Put(content_.id, {content_.ChunkAt(0)}, "").ok());
  ASSERT_TRUE(kg_.blobs->Want(content_.id, true).ok());
  auto server = Serve(plan_.kg_node, &service_);
  ASSERT_TRUE(Pass(kz_, plan_.kz_node, *server, plan_.kg_node.spki).ok());
  EXPECT_TRUE(kg_.blobs->Record(content_.id)->complete());
}

grpc::Status Ask(const Identity& caller, const PeerServer& server, const base::Spki& peer,
                 const v1::ReadBlobRequest& request, int* pieces = nullptr) {
  auto stub = v1::Blobs::NewStub(MakePeerChannel(caller, server.address(), peer));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  auto reader = stub->Read(&context, request);
  v1::BlobPiece piece;
  while (reader->Read(&piece)) {
    if (pieces) ++*pieces;
  }
  return reader->Finish();
}

TEST_F(BlobContactTest, OneAnswerForAllThatIsNotToBeHad) {
  const Content unnamed(1000), missing(2000);
  kg_.Report("DDR/08", {content_.Named("order.pdf"), missing.Named("missing.pdf")});
  ASSERT_TRUE(kg_.blobs->Put(content_.id, content_.All(), "").ok());
  ASSERT_TRUE(kg_.blobs->Put(unnamed.id, unnamed.All(), "").ok());
  auto server = Serve(plan_.kg_node, &service_);
  const Identity stranger = MakeIdentity().value();
  auto request = [&](const blob::BlobId& id, const base::InstrumentId& instrument) {
    v1::ReadBlobRequest out;
    out.set_instrument(instrument.str());
    out.set_blob(id.Encode());
    out.set_length(1);
    return out;
  };
  base::InstrumentId other;
  other.bytes.fill(9);
  blob::BlobId longer = content_.id;
  ++longer.size;
  const std::vector<std::pair<const Identity*, v1::ReadBlobRequest>> refused = {
      {&stranger, request(content_.id, kg_.instrument())},
      {&plan_.kz_node, request(content_.id, other)},
      {&plan_.kz_node, request(unnamed.id, kg_.instrument())},
      {&plan_.kz_node, request(missing.id, kg_.instrument())},
      {&plan_.kz_node, request(longer, kg_.instrument())}};
  std::set<std::string> answers;
  for (const auto& [caller, asked] : refused) {
    const grpc::Status status = Ask(*caller, *server, plan_.kg_node.spki, asked);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
    answers.insert(status.error_message());
  }
  EXPECT_EQ(answers.size(), 1u);
  int pieces = 0;
  EXPECT_TRUE(Ask(plan_.kz_node, *server, plan_.kg_node.spki,
                  request(content_.id, kg_.instrument()), &pieces)
                  .ok());
  EXPECT_EQ(pieces, 5);  // what is held, and the chunk in four
}

TEST_F(BlobContactTest, OffsetsAndLengthsAreBounded) {
  kg_.Report("DDR/08", {content_.Named("order.pdf")});
  ASSERT_TRUE(kg_.blobs->Put(content_.id, content_.All(), "").ok());
  auto server = Serve(plan_.kg_node, &service_);
  auto ask = [&](uint64_t offset, uint64_t length, int* pieces) {
    v1::ReadBlobRequest request;
    request.set_instrument(kg_.instrument().str());
    request.set_blob(content_.id.Encode());
    request.set_offset(offset);
    request.set_length(length);
    return Ask(plan_.kz_node, *server, plan_.kg_node.spki, request, pieces).error_code();
  };
  for (uint64_t bad : {uint64_t{1}, uint64_t{21 * kChunkBytes}, UINT64_MAX, UINT64_MAX - 65535}) {
    EXPECT_EQ(ask(bad, 1, nullptr), grpc::StatusCode::INVALID_ARGUMENT) << bad;
  }
  EXPECT_EQ(ask(0, 0, nullptr), grpc::StatusCode::INVALID_ARGUMENT);
  int pieces = 0;
  EXPECT_EQ(ask(19 * kChunkBytes, UINT64_MAX, &pieces), grpc::StatusCode::OK);
  EXPECT_EQ(pieces, 1 + 4 + 1);
}

// A peer that breaks the rules in one way.
class Hostile final : public v1::Blobs::Service {
 public:
  using Writer = grpc::ServerWriter<v1::BlobPiece>;
  std::function<void(const v1::ReadBlobRequest&, Writer*)> act;
  int reads = 0;
  v1::BlobWantsReply wants;
  int pushes = 0;

  grpc::Status Read(grpc::ServerContext*, const v1::ReadBlobRequest* request,
                    Writer* writer) override {
    ++reads;
    writer->Write(v1::BlobPiece());
    act(*request, writer);
    return grpc::Status::OK;
  }
  grpc::Status Wants(grpc::ServerContext*, const v1::BlobWantsRequest*,
                     v1::BlobWantsReply* reply) override {
    *reply = wants;
    return grpc::Status::OK;
  }
  grpc::Status Push(grpc::ServerContext*, const v1::PushBlobRequest*, v1::PushBlobReply*) override {
    ++pushes;
    return grpc::Status::OK;
  }
};

v1::BlobPiece Piece(uint32_t chunk, std::string data, std::string path = "") {
  v1::BlobPiece piece;
  piece.set_chunk(chunk);
  piece.set_data(std::move(data));
  piece.set_path(std::move(path));
  return piece;
}

TEST_F(BlobContactTest, AHostilePeerStoresNothingAndIsAskedOnce) {
  kz_.Report("DDR/08", {content_.Named("order.pdf")});
  ASSERT_TRUE(kz_.blobs->Want(content_.id, true).ok());
  const std::string first = content_.bytes.substr(0, blob::kPieceBytesMax);
  const std::vector<std::function<void(Hostile::Writer*)>> tricks = {
      [&](auto* w) {  // a wrong chunk
        for (int i = 0; i < 4; ++i) w->Write(Piece(0, std::string(blob::kPieceBytesMax, 'x')));
      },
      [&](auto* w) { w->Write(Piece(0, first, std::string(32, 'p'))); },  // a path too early
      [&](auto* w) { w->Write(Piece(0, std::string(blob::kPieceBytesMax + 1, 'x'))); },
      [&](auto* w) { w->Write(Piece(20, "12345")); },  // not asked for
      [&](auto* w) {                                   // without end
        while (w->Write(Piece(0, first))) {
        }
      },
      [&](auto* w) {
        while (w->Write(Piece(0, ""))) {
        }
      }};
  for (size_t i = 0; i < tricks.size(); ++i) {
    SCOPED_TRACE(i);
    Hostile hostile;
    hostile.act = [&](const v1::ReadBlobRequest&, Hostile::Writer* w) { tricks[i](w); };
    auto server = Serve(plan_.kg_node, &hostile);
    BlobContact contact({.core = kz_.core.get(),
                         .identity = &plan_.kz_node,
                         .store = kz_.blobs.get(),
                         .wants = kz_.wants.get(),
                         .kept = [](const base::Spki&) { return true; },
                         .nothing_owed = [](const base::Spki&) { return true; }},
                        plan_.kg_node.spki, server->address());
    EXPECT_TRUE(absl::IsInvalidArgument(contact.Pass()));
    EXPECT_TRUE(contact.Pass().ok());  // of this content it is asked no more
    EXPECT_EQ(hostile.reads, 1);
    EXPECT_EQ(kz_.blobs->Held(content_.id)->held(), 0u);
  }
}

TEST_F(BlobContactTest, WantsOfAHostilePeerGetNothingOut) {
  const Content unnamed(1000);
  ASSERT_TRUE(kz_.blobs->Put(unnamed.id, unnamed.All(), "").ok());
  Hostile hostile;
  hostile.act = [](const v1::ReadBlobRequest&, Hostile::Writer*) {};
  v1::BlobWant* want = hostile.wants.add_wants();
  want->set_instrument(kz_.instrument().str());
  want->set_blob(unnamed.id.Encode());
  auto server = Serve(plan_.kg_node, &hostile);
  EXPECT_TRUE(Pass(kz_, plan_.kz_node, *server, plan_.kg_node.spki).ok());
  EXPECT_EQ(hostile.pushes, 0);
  want->set_blob("x");
  EXPECT_TRUE(absl::IsInvalidArgument(Pass(kz_, plan_.kz_node, *server, plan_.kg_node.spki)));
}

TEST_F(BlobContactTest, WhatIsNotWantedCannotBePushed) {
  kg_.Report("DDR/08", {content_.Named("order.pdf")});
  auto server = Serve(plan_.kg_node, &service_);
  auto stub =
      v1::Blobs::NewStub(MakePeerChannel(plan_.kz_node, server->address(), plan_.kg_node.spki));
  v1::PushBlobRequest request;
  request.set_instrument(kg_.instrument().str());
  request.set_blob(content_.id.Encode());
  const blob::Chunk chunk = content_.ChunkAt(20);
  v1::BlobChunk* out = request.add_chunks();
  out->set_chunk(20);
  out->set_data(chunk.data);
  for (const auto& hash : chunk.path) out->mutable_path()->append(hash.str());
  auto push = [&] {
    grpc::ClientContext context;
    v1::PushBlobReply reply;
    return stub->Push(&context, request, &reply).error_code();
  };
  EXPECT_EQ(push(), grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(kg_.blobs->Want(content_.id, true).ok());
  EXPECT_EQ(push(), grpc::StatusCode::OK);
  out->mutable_data()->at(0) ^= 1;
  EXPECT_EQ(push(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(kg_.blobs->Held(content_.id)->held(), 1u);
}

}  // namespace
}  // namespace entente::rpc
