#include "tests/attacks/hostile_callee.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/check.h"
#include "node/rpc/tls/peer_credentials.h"

namespace entente::bench {

namespace {

// How soon a call that waits finds out that its caller has left: gRPC's plain services are asked,
// they do not tell.
constexpr absl::Duration kLook = absl::Milliseconds(20);

class OnlyOne final : public rpc::Membership {
 public:
  explicit OnlyOne(const base::Spki& node) : node_(node) {}
  bool Admits(const base::Spki& spki) const override { return spki == node_; }

 private:
  const base::Spki node_;
};

}  // namespace

template <class Way, class... Arguments>
grpc::Status HostileCallee::Answer(const char* call, Way Ways::*way, Context& context,
                                   Arguments&... arguments) {
  Way chosen;
  Took took;
  uint64_t behaviour = 0;
  {
    base::MutexLock lock(mutex_);
    chosen = ways_.*way;
    behaviour = behaviour_;
    took.to_begin = behaving_.Seconds();
  }
  Stopwatch watch;
  const grpc::Status status = chosen ? chosen(context, arguments...)
                                     : grpc::Status(grpc::StatusCode::UNAVAILABLE, "not now");
  took.to_end = watch.Seconds();
  base::MutexLock lock(mutex_);
  if (behaviour == behaviour_) ended_.emplace(call, took);
  changed_.SignalAll();
  return status;
}

class HostileCallee::Service final : public v1::Sync::Service {
 public:
  explicit Service(HostileCallee* node) : node_(*node) {}

  grpc::Status Hello(Context* context, const v1::HelloRequest* request,
                     v1::HelloReply* reply) override {
    return node_.Answer("Hello", &Ways::hello, *context, *request, *reply);
  }
  grpc::Status Authority(Context* context, const v1::AuthorityRequest*,
                         Writer<v1::AuthorityChunk>* writer) override {
    return node_.Answer("Authority", &Ways::authority, *context, *writer);
  }
  grpc::Status Heads(Context* context, const v1::HeadsRequest*,
                     Writer<v1::HeadsChunk>* writer) override {
    return node_.Answer("Heads", &Ways::heads, *context, *writer);
  }
  grpc::Status Pull(Context* context, const v1::PullRequest*, Writer<v1::Frame>* writer) override {
    return node_.Answer("Pull", &Ways::pull, *context, *writer);
  }
  grpc::Status Push(Context* context, const v1::PushRequest* request,
                    v1::PushReply* reply) override {
    return node_.Answer("Push", &Ways::push, *context, *request, *reply);
  }

 private:
  HostileCallee& node_;
};

HostileCallee::HostileCallee()
    : identity_(rpc::MakeIdentity().value()), service_(std::make_unique<Service>(this)) {}

HostileCallee::~HostileCallee() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.SignalAll();
  }
  if (server_) server_->Shutdown(std::chrono::system_clock::now());
}

void HostileCallee::Start(int port, const base::Spki& victim) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(
      absl::StrCat("127.0.0.1:", port),
      rpc::PeerServerCredentials(identity_, std::make_shared<OnlyOne>(victim)));
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  ENTENTE_CHECK(server_ != nullptr);
}

void HostileCallee::Behave(Ways ways) {
  base::MutexLock lock(mutex_);
  ways_ = std::move(ways);
  ended_.clear();
  behaving_ = Stopwatch();
  ++behaviour_;
}

std::optional<HostileCallee::Took> HostileCallee::AwaitEnded(const std::string& call,
                                                             absl::Duration most) {
  const Stopwatch watch;
  base::MutexLock lock(mutex_);
  while (!ended_.contains(call)) {
    const absl::Duration left = most - absl::Seconds(watch.Seconds());
    if (left <= absl::ZeroDuration()) return std::nullopt;
    changed_.WaitFor(mutex_, left);
  }
  return ended_[call];
}

void HostileCallee::Wait(Context& context, absl::Duration most) {
  const Stopwatch watch;
  base::MutexLock lock(mutex_);
  while (!stopping_ && !context.IsCancelled() && absl::Seconds(watch.Seconds()) < most) {
    changed_.WaitFor(mutex_, std::min(kLook, most));
  }
}

}  // namespace entente::bench
