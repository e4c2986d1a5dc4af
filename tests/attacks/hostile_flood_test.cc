// Floods from whoever reaches the port or the stick: connections, handshakes that never end,
// strangers' certificates, halves of bundles; and sketches without end from a member.
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>

#include "entente/v1/bundle.grpc.pb.h"
#include "node/sync/frontier/sketch_tips.h"
#include "tests/attacks/hostile_scene.h"

namespace entente::bench {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Connections of nobody in particular: no TLS, or its beginning.
class Strangers {
 public:
  explicit Strangers(const std::string& address)
      : port_(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)))) {}
  ~Strangers() {
    for (int fd : open_) close(fd);
  }

  void Connect(absl::string_view first_bytes, size_t open_max) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_GE(fd, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port_);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    // The node may have closed it already.
    (void)!send(fd, first_bytes.data(), first_bytes.size(), MSG_NOSIGNAL);
    open_.push_back(fd);
    if (open_.size() <= open_max) return;
    close(open_.front());
    open_.pop_front();
  }

  // Waits until the node has closed every one; how many it left open.
  size_t AwaitClosed(seconds most) {
    const auto until = std::chrono::steady_clock::now() + most;
    while (!open_.empty() && std::chrono::steady_clock::now() < until) {
      pollfd waits = {open_.front(), POLLIN, 0};
      char byte;
      if (poll(&waits, 1, 1000) != 1 || recv(open_.front(), &byte, 1, 0) > 0) continue;
      close(open_.front());
      open_.pop_front();
    }
    return open_.size();
  }

 private:
  const uint16_t port_;
  std::deque<int> open_;
};

std::vector<std::string> LinesWith(const std::string& log, const std::string& words) {
  std::vector<std::string> lines;
  std::ifstream in(log);
  for (std::string line; std::getline(in, line);) {
    if (absl::StrContains(line, words)) lines.push_back(line);
  }
  return lines;
}

class HostileFlood : public HostilePeer {
 protected:
  static std::vector<std::string> Log(const std::string& words) {
    return LinesWith(scene_->Data("victim") + "/node.log", words);
  }
};

TEST_F(HostileFlood, TenThousandConnectionsAreTurnedAwayWithFewWords) {
  constexpr int kConnections = 10'000;
  constexpr size_t kOpenAtOnce = 800;
  Strangers strangers(scene_->address);
  for (int i = 0; i < kConnections; ++i) {
    strangers.Connect("", kOpenAtOnce);
    if (i == kConnections / 2) ExpectHonestSyncs();
  }
  ExpectHonestSyncs();
  const auto lines = Log("connection_refused");
  EXPECT_THAT(lines, SizeIs(testing::AllOf(testing::Ge(1u), testing::Le(kLogLines))));
  EXPECT_THAT(lines, Each(HasSubstr("127.0.0.1")));
}

TEST_F(HostileFlood, HandshakesThatNeverEndAreEnded) {
  constexpr int kHandshakes = 150;
  constexpr seconds kMost{40};
  Strangers strangers(scene_->address);
  // The head of a TLS record with a ClientHello of 512 bytes, and then nothing.
  for (int i = 0; i < kHandshakes; ++i) strangers.Connect("\x16\x03\x01\x02\x05\x01", kHandshakes);
  ExpectHonestSyncs();
  EXPECT_EQ(strangers.AwaitClosed(kMost), 0u) << "after " << kMost.count() << " s";
}

TEST_F(HostileFlood, AStrangerWhoKeepsCallingIsRefusedAndNamed) {
  constexpr int kCalls = 100;
  const rpc::Identity stranger = rpc::MakeIdentity().value();
  for (int i = 0; i < kCalls; ++i) {
    auto stub =
        v1::Sync::NewStub(rpc::MakePeerChannel(stranger, scene_->address, scene_->victim_id.spki));
    grpc::ClientContext context;
    SetDeadline(context);
    v1::HelloReply reply;
    EXPECT_EQ(stub->Hello(&context, v1::HelloRequest(), &reply).error_code(),
              grpc::StatusCode::UNAVAILABLE);
  }
  ExpectHonestSyncs();
  EXPECT_THAT(Log(stranger.spki.ToHex()),
              SizeIs(testing::AllOf(testing::Ge(1u), testing::Le(kLogLines))));
}

TEST_F(HostileFlood, SketchesWithoutEndCostABoundedTime) {
  constexpr int kStreams = 24;
  v1::HeadsRequest request;
  request.set_instrument(Instrument());
  request.set_sketch_key(std::string(sync::kSketchKeyBytes, 'k'));
  request.set_symbols(sync::kSymbolsAskedMax + 1);
  auto stub = Connect();
  {
    grpc::ClientContext context;
    SetDeadline(context);
    EXPECT_EQ(stub->Heads(&context, request)->Finish().error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1::HeadsChunk>>> readers;
  request.set_symbols(sync::kSymbolsAskedMax);
  request.set_from(sync::kSymbolsMax - sync::kSymbolsAskedMax);
  for (int i = 0; i < kStreams; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    SetDeadline(*contexts.back());
    readers.push_back(stub->Heads(contexts.back().get(), request));
  }
  ExpectHonestSyncs();
  for (auto& context : contexts) context->TryCancel();
  for (auto& reader : readers) reader->Finish();
  ExpectNamed("call=Sync.Heads");
}

// A stick that is pulled out again and again.
class HalfBundles : public HostileFlood {
 protected:
  void Make() {
    v1::CreateBundleRequest request;
    request.set_instrument(kInstrumentCode);
    request.set_recipient(kPartyCode);
    request.set_all(true);
    grpc::ClientContext context;
    SetDeadline(context);
    auto reader = stub_->CreateBundle(&context, request);
    for (v1::BundleChunk chunk; reader->Read(&chunk);) bundle_ += chunk.data();
    const grpc::Status made = reader->Finish();
    ASSERT_TRUE(made.ok()) << made.error_message();
    ASSERT_GT(bundle_.size(), 500'000u);
  }
  // The first `size` bytes; `last` or not.
  grpc::Status Give(size_t size, bool last, bool store) {
    constexpr size_t kPiece = 256 << 10;
    v1::ImportBundleRequest request;
    v1::ImportBundleResponse response;
    request.set_store(store);
    grpc::Status status;
    for (size_t at = 0; at < size && status.ok(); at += kPiece) {
      request.set_data(bundle_.substr(at, std::min(kPiece, size - at)));
      request.set_last(last && at + kPiece >= size);
      grpc::ClientContext context;
      SetDeadline(context);
      status = stub_->ImportBundle(&context, request, &response);
      request.set_pass(response.pass());
    }
    return status;
  }

  std::string bundle_;
  std::unique_ptr<v1::Bundles::Stub> stub_ = v1::Bundles::NewStub(scene_->victim->Channel());
};

TEST_F(HalfBundles, AreKeptNowhereAndTheWholeOneIsTaken) {
  Make();
  constexpr int kTimes = 60;
  for (int i = 0; i < kTimes; ++i) {
    const size_t half = bundle_.size() / 2 + static_cast<size_t>(i);
    EXPECT_TRUE(Give(half, false, false).ok());  // and never again
    EXPECT_EQ(Give(half, true, false).error_code(), grpc::StatusCode::DATA_LOSS);
  }
  ExpectHonestSyncs();
  EXPECT_TRUE(Give(bundle_.size(), true, false).ok());
  EXPECT_TRUE(Give(bundle_.size(), true, true).ok());
  EXPECT_EQ(EntriesOf(*scene_->victim), scene_->entries);
}

}  // namespace
}  // namespace entente::bench
