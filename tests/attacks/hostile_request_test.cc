// Requests of a member that never come whole: what the node holds of them meanwhile.
#include <algorithm>

#include "tests/attacks/hostile_scene.h"
#include "tests/support/raw_caller.h"

namespace entente::bench {
namespace {

constexpr int kConnections = 4;
constexpr size_t kTurn = 64 << 10;   // of each in turn
constexpr size_t kUnderWayMax = 64;  // of one peer, over all its connections
constexpr int kPatienceMs = 20'000;

class EndlessRequests {
 public:
  struct Size {
    int streams;  // of each connection
    uint32_t request_bytes;
    size_t piece;
  };
  EndlessRequests(const rpc::Identity& identity, const std::string& address, const Size& size)
      : piece_(size.piece) {
    for (int i = 0; i < kConnections; ++i) {
      callers_.push_back(std::make_unique<support::RawCaller>(identity, address));
      support::RawCaller* caller = callers_.back().get();
      for (int k = 0; k < size.streams; ++k) {
        const uint32_t stream = caller->Begin("/entente.v1.Sync/Push", size.request_bytes);
        requests_.push_back({caller, stream, size.request_bytes - 1});
      }
    }
  }

  // All but the last byte of each, as far as the node takes it.
  void Send() {
    while (Unsent() > 0) {
      size_t sent = 0;
      for (Request& request : requests_) {
        const size_t turn = std::min(request.left, kTurn);
        const size_t bytes = request.caller->Send(request.stream, turn, piece_);
        request.left -= bytes;
        sent += bytes;
      }
      if (!Listen(sent > 0 ? 0 : kPatienceMs) && sent == 0) return;
    }
  }
  // The node still waits for so many.
  size_t Awaited() const {
    size_t awaited = 0;
    for (const Request& request : requests_) awaited += !request.caller->Ended(request.stream);
    return awaited;
  }

 private:
  struct Request {
    support::RawCaller* caller;
    uint32_t stream;
    size_t left;
  };

  size_t Unsent() const {
    size_t unsent = 0;
    for (const Request& request : requests_) {
      if (!request.caller->Ended(request.stream)) unsent += request.left;
    }
    return unsent;
  }
  bool Listen(int milliseconds) {
    bool heard = false;
    for (const auto& caller : callers_) heard |= caller->Listen(heard ? 0 : milliseconds);
    return heard;
  }

  const size_t piece_;
  std::vector<std::unique_ptr<support::RawCaller>> callers_;
  std::vector<Request> requests_;
};

TEST_F(HostilePeer, ARequestThatNeverComesWholeIsOneOfFew) {
  memory_mib_ = 288;  // gRPC keeps each piece with 32 bytes of its own, in arrays that double
  EndlessRequests requests(scene_->hostile_id, scene_->address,
                           {.streams = 64, .request_bytes = 1000 << 10, .piece = 20});
  ExpectHonestSyncs();
  requests.Send();
  EXPECT_GT(requests.Awaited(), 0u);
  EXPECT_LE(requests.Awaited(), kUnderWayMax);
  ExpectHonestSyncs();
  ExpectNamed("may be under way");
}

// gRPC looks at the size of a message once it is whole; until then its quota of memory is the
// bound.
TEST_F(HostilePeer, RequestsThatClaimMoreThanIsAllowedStayWithinTheQuota) {
  memory_mib_ = 448;
  EndlessRequests requests(scene_->hostile_id, scene_->address,
                           {.streams = 16, .request_bytes = 16 << 20, .piece = 16'000});
  requests.Send();
  ExpectHonestSyncs();
}

}  // namespace
}  // namespace entente::bench
