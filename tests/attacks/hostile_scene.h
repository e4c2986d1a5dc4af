// The scene of the attacks on a real node: the node under attack (the secretariat's), an honest
// node of another office that must go on receiving new entries within seconds, and the keys of a
// member whose node does not keep to the protocol, or several such nodes. After each attack the
// victim's memory has grown by a bounded amount, and its log names the offender in a bounded number
// of lines.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "entente/v1/sync.grpc.pb.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/tls/identity.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/node_process.h"
#include "tests/bench/world.h"

namespace entente::bench {

using std::chrono::seconds;

inline constexpr size_t kReports = 4000;   // some 2 MB on the wire
inline constexpr int kHonestSeconds = 20;  // for one new entry, on a busy machine with sanitizers
inline constexpr double kMemoryMiB = 192;  // what an attack may add to the node's highest memory
inline constexpr size_t kLogLines = 12;    // about the offender, for one attack

// Founded once: starting nodes takes seconds.
struct Scene {
  WorkDir dir;
  rpc::Identity victim_id, honest_id, hostile_id;
  std::string address;
  std::unique_ptr<World> world;
  std::unique_ptr<Feed> desk;
  std::unique_ptr<NodeProcess> victim, honest;
  // More nodes of the party; those with an address are dialled.
  std::vector<ledger::act::Node> further;
  uint64_t chapters = 0, entries = kReports;

  std::string Data(const char* who) const { return absl::StrCat(dir.path(), "/", who); }
  absl::Status Begin();
  absl::Status Fill(bool victims);
};

uint64_t EntriesOf(NodeProcess& node);

// So many zeros, compressed to next to nothing.
std::string CompressedZeros(size_t bytes);

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
    EXPECT_LE(scene_->victim->PeakMiB() - memory_before_, memory_mib_);
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

  static std::vector<std::string> LinesAbout(const base::Spki& node) {
    std::vector<std::string> lines;
    std::ifstream log(scene_->Data("victim") + "/node.log");
    for (std::string line; std::getline(log, line);) {
      if (absl::StrContains(line, node.ToHex())) lines.push_back(line);
    }
    return lines;
  }
  static std::vector<std::string> LinesAboutOffender() {
    return LinesAbout(scene_->hostile_id.spki);
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

  static inline Scene* scene_ = nullptr;
  double memory_before_ = 0, memory_mib_ = kMemoryMiB;
  size_t lines_before_ = 0;
};

}  // namespace entente::bench
