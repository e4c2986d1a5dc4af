// Two real nodes with a relay between them that cuts the line during a bulk transfer, inside frames
// and between them, dozens of times; now and then the receiving node is killed as well. At most one
// frame is sent again for a cut, no feed ever has a gap, nothing that was told is lost, and in the
// end both hold the same.
//
// CUT_SEEDS="FIRST COUNT" chooses other seeds than the one the short run has.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "entente/v1/entry.pb.h"
#include "node/rpc/tls/identity.h"
#include "node/sync/contact/session.h"
#include "node/wire/status_codec.h"
#include "tests/bench/bench_main.h"
#include "tests/bench/generator.h"
#include "tests/bench/node_calls.h"
#include "tests/bench/node_process.h"
#include "tests/bench/node_store.h"
#include "tests/bench/world.h"
#include "tests/fault/network/cutting_proxy.h"

namespace entente::bench {
namespace {

constexpr size_t kFeeds = 3, kRun = 500, kEntries = 21'000;  // some 6 MB on the wire
constexpr uint64_t kCutWithin = 600'000;    // bytes of a connection: a few of the largest frames
constexpr uint64_t kAnswersWithin = 6'000;  // the same of the side that only answers
constexpr int kContactsMax = 200;
constexpr int kCutsLeast = 5;  // so many times kCutWithin is less than all of it
constexpr auto kPassMost = std::chrono::minutes(2);
// One frame, what TLS and HTTP/2 put around it, and what a contact says before its first frame.
constexpr uint64_t kAgainMost = sync::kFrameBytesMax + (32 << 10);

enum class Way { kPull, kPush };

// The secretariat's node is behind the relay, the party's dials it. Who is full depends on the way.
class Line {
 public:
  Line(Way way, uint64_t seed) : way_(way), random_(seed), port_(FreePort()), proxy_(port_) {}

  void Prepare() {
    for (const char* who : {"full", "empty"}) std::filesystem::create_directory(Data(who));
    const rpc::Identity callee = rpc::LoadOrMakeIdentity(Data(Callee())).value();
    const rpc::Identity caller = rpc::LoadOrMakeIdentity(Data(Caller())).value();
    world_ = std::make_unique<World>(
        kFeeds, ledger::act::Node{callee.spki, absl::StrCat("127.0.0.1:", proxy_.port())},
        ledger::act::Node{caller.spki, ""});
    for (const char* who : {"full", "empty"}) {
      NodeStore node = NodeStore::Open(Data(who)).value();
      ASSERT_TRUE(world_->FoundIn(*node.replica, who == absl::string_view(Callee())).ok());
      if (who == absl::string_view("full")) Fill(node);
      // Only what the test asks for goes over the line.
      if (who == absl::string_view(Caller())) {
        ASSERT_TRUE(PausePeer(*node.replica, callee.spki).ok());
      }
    }
  }

  void Start() {
    nodes_["full"] = NodeProcess::Start(Data("full"), PortOf("full")).value();
    nodes_["empty"] = NodeProcess::Start(Data("empty"), PortOf("empty")).value();
  }

  // One contact over a line that holds.
  void Whole() { EXPECT_EQ(Pass().result(), "done"); }

  // One contact over a line that is cut somewhere; false when it came to its good end.
  bool CutContact() {
    // Else the side that asks or acknowledges, which on a fast line may say too little to be cut.
    const bool data = proxy_.cuts() < kCutsLeast || random_() % 4 != 0;
    const bool to_caller = (way_ == Way::kPull) == data;
    Cut cut;
    cut.from = to_caller ? Side::kCallee : Side::kCaller;
    cut.after = random_() % (data ? kCutWithin : kAnswersWithin);
    cut.between = random_() % 2 == 0;
    SCOPED_TRACE(::testing::Message()
                 << "cut after " << cut.after << " bytes from the "
                 << (to_caller ? "callee" : "caller") << (cut.between ? ", between records" : ""));
    proxy_.CutNext(cut);
    const uint64_t before = Held();
    const v1::SyncProgress done = Pass();
    const uint64_t now = Held();
    EXPECT_GE(now, before) << "entries were lost";
    moved_ += way_ == Way::kPull ? done.entries_received() : done.entries_sent();
    // What was pulled is counted once it is here. A push is on disk there before it is answered, so
    // some may come to light after the contact that sent it.
    if (way_ == Way::kPull) {
      EXPECT_EQ(now, moved_);
    } else {
      EXPECT_LE(now, moved_);
    }
    return done.result() != "done" && done.result() != "nothing_new";
  }

  // What was told to be there is there after a sudden end, and no feed has a gap.
  void KillTheReceiver() {
    const uint64_t told = Held();
    nodes_["empty"]->Kill();
    nodes_.erase("empty");
    uint64_t held = 0;
    {
      NodeStore node = NodeStore::Open(Data("empty")).value();
      for (const auto& [feed, state] : node.replica->feeds()) {
        ASSERT_EQ(state.tips_size(), 1);
        ASSERT_EQ(state.tips(0).sequence(), state.entries()) << "a gap";
        held += state.entries();
      }
    }
    EXPECT_GE(held, told) << "what was told is lost";
    nodes_["empty"] = NodeProcess::Start(Data("empty"), PortOf("empty")).value();
  }

  void ExpectSame() {
    const v1::NodeStatus full = Status("full"), empty = Status("empty");
    EXPECT_EQ(empty.instruments(0).entries(), kEntries);
    EXPECT_EQ(empty.instruments(0).frontier_digest(), full.instruments(0).frontier_digest());
  }

  uint64_t Held() { return Status("empty").instruments(0).entries(); }
  uint64_t WireBytes() const {
    return proxy_.bytes(way_ == Way::kPull ? Side::kCallee : Side::kCaller);
  }
  int cuts() const { return proxy_.cuts(); }
  uint64_t moved() const { return moved_; }
  bool Chance(int one_in) { return random_() % static_cast<uint64_t>(one_in) == 0; }

 private:
  const char* Callee() const { return way_ == Way::kPull ? "full" : "empty"; }
  const char* Caller() const { return way_ == Way::kPull ? "empty" : "full"; }
  std::string Data(const std::string& who) const { return dir_.path() + "/" + who; }
  int PortOf(const std::string& who) const { return who == Callee() ? port_ : FreePort(); }

  void Fill(NodeStore& node) {
    Generator generator(kSeed);
    std::vector<Feed> feeds;
    for (const crypto::PrivateKey& key : world_->authors) {
      feeds.emplace_back(*world_, &key, world_->party, 1'700'000'000'000);
    }
    for (size_t n = 0; n < kEntries;) {
      Feed& feed = feeds[n / kRun % feeds.size()];
      std::vector<ledger::Entry> run;
      for (size_t i = 0; i < kRun; ++i, ++n) {
        run.push_back(feed.Sign(v1::REPORT, generator.Report(kPartyCode, n)));
      }
      ASSERT_TRUE(Store(*node.replica, std::move(run), crypto::Ed25519Verifier()).ok());
    }
  }

  v1::NodeStatus Status(const char* who) {
    grpc::ClientContext context;
    v1::NodeStatus status;
    const auto answer =
        nodes_[who]->Connect()->GetStatus(&context, v1::GetStatusRequest(), &status);
    EXPECT_TRUE(answer.ok()) << answer.error_message();
    if (status.instruments_size() == 0) status.add_instruments();
    return status;
  }

  v1::SyncProgress Pass() {
    v1::SyncRequest request;
    // A line that is kept free carries what was asked for with a limit.
    request.set_until_ms(
        static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                  (std::chrono::system_clock::now() + kPassMost).time_since_epoch())
                                  .count()));
    grpc::ClientContext context;
    v1::SyncProgress last, row;
    auto stub = nodes_[Caller()]->Connect();
    auto stream = stub->Sync(&context, request);
    while (stream->Read(&row)) last = row;
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    return last;
  }

  const Way way_;
  std::mt19937_64 random_;
  WorkDir dir_;
  const int port_;
  CuttingProxy proxy_;
  std::unique_ptr<World> world_;
  std::map<std::string, std::unique_ptr<NodeProcess>> nodes_;
  uint64_t moved_ = 0;  // entries, as the dialling side counts them
};

class CutLine : public ::testing::TestWithParam<Way> {
 protected:
  static void SetUpTestSuite() { umask(077); }
  static std::pair<uint64_t, uint64_t> Seeds() {
    uint64_t first = 1, count = 1;
    if (const char* asked = std::getenv("CUT_SEEDS")) std::istringstream(asked) >> first >> count;
    return {first, count};
  }
  // What it takes when nothing is cut.
  static uint64_t WholeBytes() {
    Line line(GetParam(), 0);
    line.Prepare();
    line.Start();
    line.Whole();
    return line.WireBytes();
  }
};

TEST_P(CutLine, LosesNothingAndRepeatsAtMostAFrame) {
  const uint64_t whole = WholeBytes();
  const auto [first, count] = Seeds();
  for (uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Line line(GetParam(), seed);
    line.Prepare();
    line.Start();
    int contacts = 1;
    for (; line.CutContact() && contacts < kContactsMax; ++contacts) {
      if (line.Chance(4)) line.KillTheReceiver();
      if (HasFatalFailure()) return;
    }
    line.ExpectSame();
    std::printf("seed %llu: %d contacts, %d cut, %llu of %zu entries moved, %.2f MB for %.2f MB\n",
                static_cast<unsigned long long>(seed), contacts, line.cuts(),
                static_cast<unsigned long long>(line.moved()), kEntries,
                double(line.WireBytes()) / 1e6, double(whole) / 1e6);
    EXPECT_GE(line.cuts(), kCutsLeast);
    const auto cuts = static_cast<uint64_t>(line.cuts());
    EXPECT_LE(line.WireBytes(), whole + cuts * kAgainMost);
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, CutLine, ::testing::Values(Way::kPull, Way::kPush),
                         [](const auto& way) { return way.param == Way::kPull ? "Pull" : "Push"; });

}  // namespace
}  // namespace entente::bench
