// A member of the instrument whose node does not keep to the protocol: admitted by mutual TLS, and
// then it floods, stalls, or sends bombs. Against real processes: the node under attack (the
// secretariat's), and an honest node of the same party that must go on receiving new entries within
// seconds. Memory stays bounded, and the log names the offender in a bounded number of lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zstd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/sync.grpc.pb.h"
#include "node/crypto/sha256.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/tls/identity.h"
#include "node/sync/frame.h"
#include "node/wire/status_codec.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_process.h"
#include "tests/bench/world.h"

namespace entente::bench {
namespace {

using std::chrono::seconds;

constexpr size_t kReports = 4000;   // some 2 MB on the wire
constexpr int kHonestSeconds = 20;  // for one new entry, on a busy machine with sanitizers
constexpr double kMemoryMiB = 192;  // what an attack may add to the node's highest memory
constexpr size_t kLogLines = 12;    // about the offender, for one attack

// Founded once: starting nodes takes seconds.
struct Scene {
  WorkDir dir;
  rpc::Identity victim_id, honest_id, hostile_id;
  std::string address;
  std::unique_ptr<World> world;
  std::unique_ptr<Feed> desk;
  std::unique_ptr<NodeProcess> victim, honest;
  uint64_t chapters = 0, entries = kReports;

  std::string Data(const char* who) const { return absl::StrCat(dir.path(), "/", who); }
  absl::Status Begin();
  absl::Status Fill(bool victims);
};

absl::Status Scene::Fill(bool victims) {
  auto node = NodeStore::Open(Data(victims ? "victim" : "honest"));
  if (!node.ok()) return node.status();
  if (auto founded = world->FoundIn(*node->replica, victims); !founded.ok()) return founded;
  const ledger::Note second = NextNote(world->party, {ledger::act::Node{honest_id.spki, ""}});
  if (auto added = node->replica->AddNotes({second.File()}); !added.ok()) return added.status();
  if (!victims) return node->replica->Commit();
  Generator generator(1);
  Feed feed(*world, &world->authors[0], world->party, 1'700'000'000'000);
  std::vector<ledger::Entry> run;
  for (size_t n = 0; n < kReports; ++n) {
    run.push_back(feed.Sign(v1::REPORT, generator.Report(kPartyCode, n)));
  }
  return Store(*node->replica, std::move(run), crypto::Ed25519Verifier());
}

absl::Status Scene::Begin() {
  for (const char* who : {"victim", "honest", "hostile"}) {
    if (mkdir(Data(who).c_str(), 0700) != 0) return absl::ErrnoToStatus(errno, Data(who));
  }
  victim_id = rpc::LoadOrMakeIdentity(Data("victim")).value();
  honest_id = rpc::LoadOrMakeIdentity(Data("honest")).value();
  hostile_id = rpc::MakeIdentity().value();
  const int port = FreePort();
  address = absl::StrCat("127.0.0.1:", port);
  world = std::make_unique<World>(2, ledger::act::Node{victim_id.spki, address},
                                  ledger::act::Node{hostile_id.spki, ""});
  desk = std::make_unique<Feed>(*world, &world->desk, world->secretariat, 1'700'000'000'000);
  for (bool victims : {true, false}) {
    if (auto filled = Fill(victims); !filled.ok()) return filled;
  }
  auto started = NodeProcess::Start(Data("victim"), port);
  if (!started.ok()) return started.status();
  victim = *std::move(started);
  auto other = NodeProcess::Start(Data("honest"), FreePort());
  if (!other.ok()) return other.status();
  honest = *std::move(other);
  return absl::OkStatus();
}

uint64_t EntriesOf(NodeProcess& node) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + seconds(20));
  v1::NodeStatus status;
  const auto answer = node.Connect()->GetStatus(&context, v1::GetStatusRequest(), &status);
  EXPECT_TRUE(answer.ok()) << answer.error_message();
  return status.instruments_size() == 1 ? status.instruments(0).entries() : 0;
}

class HostilePeer : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    scene_ = new Scene;
    const absl::Status begun = scene_->Begin();
    ASSERT_TRUE(begun.ok()) << begun;
    ASSERT_TRUE(HonestHas(kReports)) << "before any attack";
  }
  static void TearDownTestSuite() {
    delete scene_;
    scene_ = nullptr;
  }

  void SetUp() override {
    ASSERT_NE(scene_->honest, nullptr);
    AwaitServed();
    memory_before_ = scene_->victim->PeakMiB();
    lines_before_ = LinesAboutOffender().size();
  }
  void TearDown() override {
    EXPECT_LE(scene_->victim->PeakMiB() - memory_before_, kMemoryMiB);
    EXPECT_LE(LinesAboutOffender().size() - lines_before_, kLogLines);
  }

  // Until the calls of the attack before have ended on the node as well.
  static void AwaitServed() {
    auto stub = Connect();
    grpc::Status status;
    do {
      v1::HelloRequest request;
      request.set_protocol_min(1);
      request.set_protocol_max(1);
      request.set_nonce(std::string(16, 'n'));
      v1::HelloReply reply;
      grpc::ClientContext context;
      SetDeadline(context);
      status = stub->Hello(&context, request, &reply);
    } while (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  // A connection of its own for each stub.
  static std::unique_ptr<v1::Sync::Stub> Connect() {
    return v1::Sync::NewStub(
        rpc::MakePeerChannel(scene_->hostile_id, scene_->address, scene_->victim_id.spki));
  }
  static void SetDeadline(grpc::ClientContext& context, int in_seconds = 60) {
    context.set_deadline(std::chrono::system_clock::now() + seconds(in_seconds));
  }
  static std::string Instrument() { return scene_->world->charter.id.str(); }

  // Waits for the node itself, not for a time.
  static bool HonestHas(uint64_t entries) {
    const auto until = std::chrono::steady_clock::now() + seconds(kHonestSeconds);
    while (EntriesOf(*scene_->honest) < entries) {
      if (std::chrono::steady_clock::now() > until) return false;
    }
    return true;
  }

  // The secretariat writes a chapter, and the honest node gets it while the attack goes on.
  static void ExpectHonestSyncs() {
    v1::Chapter chapter;
    chapter.mutable_common()->set_delegation(kSecretariatCode);
    chapter.set_code(absl::StrCat("X", scene_->chapters));
    chapter.set_order(static_cast<uint32_t>(++scene_->chapters));
    v1::Text* title = chapter.add_titles();
    title->set_lang("en");
    title->set_text("Chapter " + chapter.code());
    const ledger::Entry entry = scene_->desk->Sign(v1::CHAPTER, chapter.SerializeAsString());
    v1::SubmitEntriesRequest request;
    request.set_accept_warnings(true);
    request.add_entries()->set_leaf(entry.Leaf());
    request.mutable_entries(0)->set_payload(entry.payload);
    v1::SubmitEntriesResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    const auto stored = scene_->victim->Connect()->SubmitEntries(&context, request, &response);
    ASSERT_TRUE(stored.ok()) << stored.error_message();
    EXPECT_TRUE(HonestHas(++scene_->entries)) << "within " << kHonestSeconds << " s";
  }

  static std::vector<std::string> LinesAboutOffender() {
    std::vector<std::string> lines;
    std::ifstream log(scene_->Data("victim") + "/node.log");
    for (std::string line; std::getline(log, line);) {
      if (absl::StrContains(line, scene_->hostile_id.spki.ToHex())) lines.push_back(line);
    }
    return lines;
  }

  static v1::Want WantOfFeed() {
    v1::Want want;
    want.set_key(scene_->world->authors[0].public_key().str());
    want.set_incarnation(1);
    want.set_tip_sequence(kReports);
    want.set_tip_id(TipId().str());
    return want;
  }
  // Told by the node itself.
  static base::EntryId TipId() {
    static const base::EntryId tip = [] {
      auto stub = Connect();
      grpc::ClientContext context;
      SetDeadline(context);
      v1::HeadsRequest request;
      request.set_instrument(Instrument());
      auto reader = stub->Heads(&context, request);
      v1::HeadsChunk chunk;
      std::string tips;
      const std::string key = scene_->world->authors[0].public_key().str();
      while (reader->Read(&chunk)) {
        const size_t at = chunk.tips().find(key);
        if (at != std::string::npos) tips = chunk.tips().substr(at + 44, 32);
      }
      EXPECT_TRUE(reader->Finish().ok());
      return base::EntryId::FromBytes(tips).value_or(base::EntryId());
    }();
    return tip;
  }

  static v1::PullRequest PullOf(const v1::Want& want, int times) {
    v1::PullRequest request;
    request.set_instrument(Instrument());
    for (int i = 0; i < times; ++i) *request.add_wants() = want;
    return request;
  }

  static grpc::Status Push(v1::Sync::Stub& stub, const v1::Frame& frame) {
    v1::PushRequest request;
    *request.mutable_frame() = frame;
    v1::PushReply reply;
    grpc::ClientContext context;
    SetDeadline(context);
    return stub.Push(&context, request, &reply);
  }

  // The log says who it was.
  void ExpectNamed(const std::string& why) {
    const auto lines = LinesAboutOffender();
    EXPECT_GT(lines.size(), 0u);
    EXPECT_THAT(lines, ::testing::Contains(::testing::HasSubstr(why)));
  }

  static Scene* scene_;
  double memory_before_ = 0;
  size_t lines_before_ = 0;
};

Scene* HostilePeer::scene_ = nullptr;

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
  std::string bomb(ZSTD_compressBound(256 << 20), '\0');
  {
    const std::string zeros(256 << 20, '\0');
    bomb.resize(ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 3));
  }
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
  ExpectNamed("call=Push");
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
  ExpectNamed("call=Pull");
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
