// One contact with one peer over gRPC: carries out a sync::Dialer's actions. The dialer runs on the
// thread that called Run(); gRPC's threads only put events into its inbox.
#pragma once

#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <set>

#include "entente/v1/sync.grpc.pb.h"
#include "node/base/mutex.h"
#include "node/rpc/frame_ingest.h"
#include "node/rpc/node_core.h"
#include "node/rpc/tls/identity.h"
#include "node/runtime/worker_pool.h"
#include "node/sync/contact/dialer.h"

namespace entente::rpc {

// What goes on beside the entries of a contact, over its channel; begun when the peer has answered.
class Companion {
 public:
  virtual ~Companion() = default;
  virtual void Begin(const sync::Summary& summary) = 0;
  // The contact is over: ends what goes on, waits for what was begun; after a failure, cuts it off.
  virtual void End(const sync::Summary& summary) = 0;
};

class Contact {
 public:
  struct Options {
    base::Spki peer;
    std::string address;
    bool live = false;
    double bytes_per_second = 0;
    // As in sync::DialerOptions.
    std::function<bool()> may_lead;
    bool insist = false;
    bool plan = false;
    uint64_t max_bytes = 0;
    uint64_t until_ms = 0;  // steady clock: the contact ends then, in good order; 0: no limit
    // On the contact's thread, after every step.
    std::function<void(const sync::Summary& summary)> on_progress;
    // On the contact's thread: of these instruments, everything up to our arrival number `through`
    // is on the peer's disk.
    struct Synced {
      std::vector<base::InstrumentId> instruments;
      uint64_t through = 0;
    };
    std::function<void(const sync::Summary& summary, const Synced& synced)> on_synced;
    // Null: nothing goes on beside.
    std::function<std::unique_ptr<Companion>(std::shared_ptr<grpc::Channel>, const base::Spki& peer,
                                             bool live)>
        companion;
  };
  // `core` and `identity` outlive the contact.
  Contact(NodeCore* core, const Identity* identity, Options options);
  ~Contact();

  // Until the contact is over. Once.
  sync::Summary Run();

  // Any thread.
  void Stop(absl::Status reason);
  // Is there a connection, or is one still looked for?
  bool Connected() const;
  void LocalArrival();
  // For what goes on after it.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  using Event = std::function<std::vector<sync::Action>(sync::Dialer&, sync::Millis)>;
  class Call;
  template <class Message>
  class Stream;
  template <class Request, class Reply>
  class Unary;
  friend class Call;

  void BeginCompanion();
  void Post(Event event);
  std::vector<Event> Take();
  void CarryOut(std::vector<sync::Action> actions);
  void CarryOut(sync::CallHello& action);
  void CarryOut(sync::CallAuthority& action);
  void CarryOut(sync::CallHeads& action);
  void CarryOut(sync::CallPull& action);
  void CarryOut(sync::CallPush& action);
  void CarryOut(sync::CallAgree& action);
  void CarryOut(sync::Ingest& action);
  void CarryOut(sync::ReadNext& action);
  void CarryOut(sync::Cancel& action);
  void CarryOut(sync::CancelAll& action);
  void CarryOut(sync::CaughtUp& action);
  void CarryOut(sync::Finished& action);
  void Begun(sync::CallId id, std::unique_ptr<Call> call, bool push = false);
  void TellSynced();
  // A message was read before the dialer asked for it. Only frames cost enough to begin early.
  using Checking = std::future<std::shared_ptr<CheckedFrame>>;
  Checking LookAhead(const std::shared_ptr<v1::Frame>& frame);
  template <class Message>
  Checking LookAhead(const std::shared_ptr<Message>&) {
    return {};
  }
  // The call's reactor ended: no gRPC thread touches it any more.
  void Ended(sync::CallId call);
  void CancelCalls();
  sync::Millis Now() const { return static_cast<sync::Millis>(core_->clock().SteadyMs()); }

  NodeCore* const core_;
  const Identity* const identity_;
  const Options options_;
  driver::SyncHost host_;
  sync::Dialer dialer_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Sync::Stub> stub_;

  std::unique_ptr<Companion> companion_;
  std::map<sync::CallId, std::unique_ptr<Call>> calls_;  // the contact's thread only
  std::set<sync::CallId> push_calls_;
  std::shared_ptr<CheckedFrame> checked_;  // of the message the dialer was given last
  // Begun with the first frame worth it, and kept: a thread a frame would fetch its memory anew
  // each time.
  std::unique_ptr<runtime::WorkerPool> checkers_;
  bool caught_up_ = false;
  uint64_t offered_ = 0;  // our newest arrival when the dialer last looked
  uint64_t told_ = 0;

  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<Event> inbox_ ABSL_GUARDED_BY(mutex_);
  int open_calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int storing_ ABSL_GUARDED_BY(mutex_) = 0;  // frames the writer has not answered for
};

}  // namespace entente::rpc
