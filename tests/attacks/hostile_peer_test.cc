// A member of the instrument whose node does not keep to the protocol: admitted by mutual TLS, and
// then it floods, stalls, or sends bombs.
#include <atomic>
#include <filesystem>
#include <thread>

#include "node/crypto/sha256.h"
#include "node/sync/frame/frame.h"
#include "tests/attacks/hostile_scene.h"
#include "tests/bench/generator.h"

namespace entente::bench {
namespace {

TEST_F(HostilePeer, HellosWithoutEndHoldUpNobody) {
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> answered{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      auto stub = Connect();
      v1::HelloRequest request;
      request.set_protocol_min(1);
      request.set_protocol_max(1);
      request.set_nonce(std::string(16, 'n'));
      for (int n = 0; n < 256; ++n) request.add_instruments()->set_name(std::string(16, 'x'));
      while (!stop) {
        v1::HelloReply reply;
        grpc::ClientContext context;
        SetDeadline(context);
        answered += stub->Hello(&context, request, &reply).ok();
      }
    });
  }
  constexpr uint64_t kHellos = 1000;
  while (answered < kHellos) std::this_thread::yield();
  ExpectHonestSyncs();
  stop = true;
  for (std::thread& caller : callers) caller.join();
}

TEST_F(HostilePeer, AReaderThatNeverReadsHoldsFramesAndNoThread) {
  memory_mib_ = 128;  // two frames for each stream, and no compressor
  ASSERT_NE(TipId(), base::EntryId());
  // Far more streams than the node has threads, over several connections.
  constexpr int kConnections = 6, kStreams = 32;
  std::vector<std::unique_ptr<v1::Sync::Stub>> stubs;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::Frame>>> pulls;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::HeadsChunk>>> heads;
  v1::HeadsRequest heads_request;
  heads_request.set_instrument(Instrument());
  for (int i = 0; i < kConnections; ++i) {
    stubs.push_back(Connect());
    for (int k = 0; k < kStreams; ++k) {
      contexts.push_back(std::make_unique<grpc::ClientContext>());
      if (k % 4 == 0) {
        heads.push_back(stubs.back()->Heads(contexts.back().get(), heads_request));
      } else {
        pulls.push_back(stubs.back()->Pull(contexts.back().get(), PullOf(WantOfFeed(), 4)));
      }
    }
  }
  ExpectHonestSyncs();
  for (auto& context : contexts) context->TryCancel();
  for (auto& pull : pulls) pull->Finish();
  for (auto& reader : heads) reader->Finish();
  ExpectNamed("may be open; end some");
}

TEST_F(HostilePeer, ABombIsRefusedUnopened) {
  const std::string bomb = CompressedZeros(256 << 20);
  ASSERT_LT(bomb.size(), 64u << 10);
  auto stub = Connect();
  for (uint32_t stated : {4u << 20, 1u << 10, 256u << 20, UINT32_MAX}) {
    v1::Frame frame;
    frame.set_instrument(Instrument());
    frame.set_entries(1);
    frame.set_body(bomb);
    frame.set_body_size(stated);
    frame.set_signatures(std::string(64, 's'));
    for (int i = 0; i < 25; ++i) {
      const grpc::Status status = Push(*stub, frame);
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    }
  }
  ExpectHonestSyncs();
  ExpectNamed("call=Sync.Push");
}

// Protobuf has an opinion on every such text, and would write it to stderr each time.
TEST_F(HostilePeer, RecordsOfBrokenTextFillNoLog) {
  constexpr int kRecords = 300;
  constexpr uintmax_t kLogBytesMax = 16 << 10;
  const std::string log = scene_->Data("victim") + "/node.log";
  const uintmax_t before = std::filesystem::file_size(log);
  Feed feed(*scene_->world, &scene_->world->authors[1], scene_->world->party, 1'700'000'000'000);
  sync::FrameBuilder builder(scene_->world->charter.id, sync::kFrameBytesMax);
  for (int i = 0; i < kRecords; ++i) {
    builder.Add(feed.Sign(v1::REPORT, "\x12\x01\xff"));  // round: one byte that is not UTF-8
  }
  auto stub = Connect();
  const grpc::Status status = Push(*stub, builder.Finish());
  ASSERT_TRUE(status.ok()) << status.error_message();
  scene_->entries += kRecords;
  ExpectHonestSyncs();
  EXPECT_LE(std::filesystem::file_size(log) - before, kLogBytesMax);
}

TEST_F(HostilePeer, AMessageOverTheLimitIsRefused) {
  auto stub = Connect();
  v1::Frame frame;
  frame.set_instrument(Instrument());
  frame.set_entries(1);
  frame.set_body(std::string(3 << 20, 'b'));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Push(*stub, frame).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  ExpectHonestSyncs();
}

TEST_F(HostilePeer, TenThousandWantsForFeedsNobodyHasAreAnsweredWithNothing) {
  v1::PullRequest request;
  request.set_instrument(Instrument());
  for (int i = 0; i < 10'000; ++i) {
    v1::Want* want = request.add_wants();
    want->set_key(crypto::Sha256(absl::StrCat("unknown ", i)).str());
    want->set_incarnation(1);
    want->set_tip_sequence(UINT64_MAX);
    want->set_tip_id("tips");
  }
  auto stub = Connect();
  constexpr int kStreams = 4;
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::Frame>>> readers;
  for (int i = 0; i < kStreams; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    SetDeadline(*contexts.back());
    readers.push_back(stub->Pull(contexts.back().get(), request));
  }
  ExpectHonestSyncs();
  for (auto& reader : readers) {
    v1::Frame frame;
    uint64_t entries = 0;
    while (reader->Read(&frame)) entries += frame.entries();
    EXPECT_EQ(entries, 0u);
    const grpc::Status status = reader->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
  for (int i = 0; i < 7'000; ++i) {
    request.add_wants()->set_key("k");
  }
  grpc::ClientContext context;
  SetDeadline(context);
  EXPECT_EQ(stub->Pull(&context, request)->Finish().error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  ExpectNamed("call=Sync.Pull");
}

TEST_F(HostilePeer, WantsWithEveryHaveTheyMayCarryCostOnlySeconds) {
  v1::Want want = WantOfFeed();
  want.set_tip_id(TipId().str().substr(0, 4));
  for (uint64_t i = 1; i <= 160; ++i) {
    v1::Have* have = want.add_have();
    have->set_sequence(i);
    have->set_id("nothing!");
  }
  want.set_locator(false);
  auto stub = Connect();
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::Frame>>> readers;
  for (int i = 0; i < 32; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    readers.push_back(stub->Pull(contexts.back().get(), PullOf(want, 350)));
  }
  ExpectHonestSyncs();
  for (auto& context : contexts) context->TryCancel();
  for (auto& reader : readers) reader->Finish();
}

}  // namespace
}  // namespace entente::bench
