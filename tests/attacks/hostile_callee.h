// A node that is dialled and does not keep to the protocol: mutual TLS with a member's certificate,
// and for each call whatever a test wants answered. Calls run on gRPC's own threads.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "entente/v1/sync.grpc.pb.h"
#include "node/base/mutex.h"
#include "node/rpc/tls/identity.h"
#include "tests/bench/bench_main.h"

namespace entente::bench {

class HostileCallee {
 public:
  template <class Message>
  using Writer = grpc::ServerWriter<Message>;
  using Context = grpc::ServerContext;

  // What is answered; what is left out refuses the call, and so ends the contact.
  struct Ways {
    std::function<grpc::Status(Context&, const v1::HelloRequest&, v1::HelloReply&)> hello;
    std::function<grpc::Status(Context&, Writer<v1::AuthorityChunk>&)> authority;
    std::function<grpc::Status(Context&, Writer<v1::HeadsChunk>&)> heads;
    std::function<grpc::Status(Context&, Writer<v1::Frame>&)> pull;
    std::function<grpc::Status(Context&, const v1::PushRequest&, v1::PushReply&)> push;
  };

  HostileCallee();
  ~HostileCallee();
  // Lets nobody in but `victim`.
  void Start(int port, const base::Spki& victim);

  const rpc::Identity& identity() const { return identity_; }
  // From now on; the counts begin anew.
  void Behave(Ways ways);
  // Until a call of this name, begun since Behave(), has ended; nothing after that time.
  struct Took {
    double to_begin = 0, to_end = 0;  // seconds from Behave(), and from then
  };
  std::optional<Took> AwaitEnded(const std::string& call, absl::Duration most);

  // Until the caller hangs up or this node stops.
  void Wait(Context& context, absl::Duration most = absl::InfiniteDuration());
  // Nothing is answered.
  auto Silent() {
    return [this](Context& context, auto&&...) {
      Wait(context);
      return grpc::Status::OK;
    };
  }
  // One message, and that was it.
  template <class Message>
  static auto Once(Message message) {
    return [message](Context&, auto& writer) {
      writer.Write(message);
      return grpc::Status::OK;
    };
  }
  // The same message again and again, with a pause after each, until the caller hangs up.
  template <class Message>
  auto Endless(Message message, absl::Duration pause = absl::ZeroDuration()) {
    return [this, message, pause](Context& context, auto& writer) {
      while (writer.Write(message)) Wait(context, pause);
      return grpc::Status::OK;
    };
  }

 private:
  class Service;
  template <class Way, class... Arguments>
  grpc::Status Answer(const char* call, Way Ways::*way, Context& context, Arguments&... arguments);

  const rpc::Identity identity_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;

  base::Mutex mutex_;
  base::CondVar changed_;
  Ways ways_ ABSL_GUARDED_BY(mutex_);
  uint64_t behaviour_ ABSL_GUARDED_BY(mutex_) = 0;
  Stopwatch behaving_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Took> ended_ ABSL_GUARDED_BY(mutex_);  // the first of each name
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace entente::bench
