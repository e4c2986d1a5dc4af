// The dialling side of what two nodes tell each other of one instrument's register, over the
// channel of a contact: what the peer has is fetched, what it lacks is offered, until both know the
// same. Small things, before and beside the entries (docs/protocol.md, "Register").
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <thread>

#include "entente/v1/register.grpc.pb.h"
#include "node/base/mutex.h"
#include "node/rpc/node_core.h"
#include "node/rpc/register/registrar.h"

namespace entente::rpc {

class RegisterExchange {
 public:
  // `core` and `registrar` outlive it.
  RegisterExchange(NodeCore* core, Registrar* registrar, std::shared_ptr<grpc::Channel> channel,
                   const base::Spki& peer, const base::InstrumentId& instrument);
  ~RegisterExchange();

  // Once, on the caller's thread; returns when both know the same, or it cannot be helped.
  void Once();
  // From now on, on threads of its own, until Stop().
  void Begin();
  void Stop();

 private:
  struct Theirs {
    bool known = false;
    uint64_t leaves = 0, final_size = 0;
    std::string state;
    bool asks = false;  // wants to hear what we hold, new or not
  };

  std::shared_ptr<const reg::Head> Head() const;
  // Reads news until the stream ends.
  void Follow(bool live);
  bool Take(const v1::RegisterNews& news);
  // Offers what the peer lacks; true: something went over.
  bool OfferAll();
  void FollowLoop();
  void OfferLoop();
  // Is something to be offered?
  bool Due(const reg::Head* head) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  NodeCore& core_;
  Registrar& registrar_;
  const base::Spki peer_;
  const base::InstrumentId instrument_;
  const std::unique_ptr<v1::Register::Stub> stub_;
  int subscription_ = 0;
  base::Mutex mutex_;
  base::CondVar changed_;
  Theirs theirs_ ABSL_GUARDED_BY(mutex_);
  reg::LogId followed_ ABSL_GUARDED_BY(mutex_);
  bool answered_ ABSL_GUARDED_BY(mutex_) = false;  // what it asked
  std::string offered_ ABSL_GUARDED_BY(mutex_);    // our state when the peer last had our offer
  grpc::ClientContext* open_ ABSL_GUARDED_BY(mutex_) = nullptr;  // of the stream or offer under way
  grpc::ClientContext* offering_ ABSL_GUARDED_BY(mutex_) = nullptr;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread follower_, offerer_;
};

}  // namespace entente::rpc
