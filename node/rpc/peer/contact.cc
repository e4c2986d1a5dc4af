#include "node/rpc/peer/contact.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/rpc/frame_ingest.h"
#include "node/rpc/peer/peer_channel.h"
#include "node/runtime/random.h"
#include "node/wire/status_codec.h"

namespace entente::rpc {

using sync::Action;
using sync::CallId;
using sync::Dialer;
using sync::Millis;

namespace {

// Upper bounds only: a slow link may need long for one message; silence is noticed by the dialer's
// watchdog.
constexpr auto kUnaryDeadline = std::chrono::minutes(2);
constexpr auto kStreamDeadline = std::chrono::hours(6);
constexpr absl::Duration kTick = absl::Seconds(1);
// A new channel's first call waits for TCP, for TLS 1.3 and for the peer's HTTP/2 settings.
constexpr int kConnectingRoundTrips = 3;
// Frames read and looked at before the dialer asks: enough that the writer finds the next one ready
// after every sync of its disk.
constexpr size_t kAheadMax = 2;
// A frame with a smaller body, in bytes, is checked sooner than another thread is woken.
constexpr size_t kWorthAThread = 16 << 10;

}  // namespace

// A call under way. Lives until gRPC's OnDone; the contact waits for that before it goes.
class Contact::Call {
 public:
  virtual ~Call() = default;
  virtual void ReadNext() {}
  virtual void Cancel() { context_.TryCancel(); }

 protected:
  Call(Contact* contact, CallId id) : contact_(contact), id_(id) {}
  void Ended(Event event) {
    Contact* contact = contact_;
    const CallId id = id_;
    // The last touch of this object by a gRPC thread: the event erases it.
    contact->Post([contact, id, event = std::move(event)](Dialer& dialer, Millis now) {
      std::vector<Action> actions = event(dialer, now);
      contact->Ended(id);
      return actions;
    });
  }

  Contact* const contact_;
  const CallId id_;
  grpc::ClientContext context_;
};

// A server stream. The dialer is given one message at a time, each only when it asks; the next ones
// are read meanwhile (kAheadMax, so memory stays bounded), and looked at while the writer is busy
// with the one before. The dialer sees the end of the stream only where it would see the next
// message.
//
// A hold keeps the call from ending while no read is out; it is given back exactly once.
// All state belongs to the contact's thread; gRPC's threads only post.
template <class Message>
class Contact::Stream final : public Contact::Call, public grpc::ClientReadReactor<Message> {
 public:
  using OnMessage = std::vector<Action> (*)(Dialer&, CallId, Message, Millis);
  using OnEnd = std::vector<Action> (Dialer::*)(CallId, Millis);

  Stream(Contact* contact, CallId id, OnMessage on_message, OnEnd on_end)
      : Call(contact, id), on_message_(on_message), on_end_(on_end) {}

  template <class Begin>
  void Begin_(bool bounded, Begin begin) {
    if (bounded) context_.set_deadline(std::chrono::system_clock::now() + kStreamDeadline);
    begin(&context_, this);
    this->AddHold();
    wanted_ = true;
    Read();
    this->StartCall();
  }

  void ReadNext() override {
    if (cancelled_) return;
    wanted_ = true;
    if (!ahead_.empty()) {
      contact_->Post([this](Dialer& dialer, Millis now) { return Deliver(dialer, now); });
    } else if (failed_) {
      GiveHold();
    }
  }
  void Cancel() override {
    if (cancelled_) return;
    cancelled_ = true;
    ahead_.clear();
    context_.TryCancel();
    if (!reading_) GiveHold();
  }

  void OnReadDone(bool ok) override {
    auto message = ok ? std::make_shared<Message>(std::move(message_)) : nullptr;
    message_ = Message();
    contact_->Post(
        [this, message](Dialer& dialer, Millis now) { return OnRead(message, dialer, now); });
  }

  void OnDone(const grpc::Status& status) override {
    Ended(
        [id = id_, on_end = on_end_, status = wire::FromGrpc(status)](Dialer& dialer, Millis now) {
          return status.ok() ? (dialer.*on_end)(id, now) : dialer.OnFailed(id, status, now);
        });
  }

 private:
  void Read() {
    reading_ = true;
    this->StartRead(&message_);
  }

  std::vector<Action> OnRead(std::shared_ptr<Message> message, Dialer& dialer, Millis now) {
    reading_ = false;
    failed_ = message == nullptr;
    if (cancelled_ || (failed_ && wanted_ && ahead_.empty())) GiveHold();
    if (cancelled_ || failed_) return {};
    Checking checking = wanted_ ? Checking() : contact_->LookAhead(message);
    ahead_.push_back({std::move(message), std::move(checking)});
    if (wanted_) return Deliver(dialer, now);
    if (ahead_.size() < kAheadMax) Read();
    return {};
  }

  std::vector<Action> Deliver(Dialer& dialer, Millis now) {
    if (cancelled_ || !wanted_ || ahead_.empty()) return {};
    Ahead next = std::move(ahead_.front());
    ahead_.pop_front();
    wanted_ = false;
    if (!reading_ && !failed_) Read();
    contact_->checked_ = next.checking.valid() ? next.checking.get() : nullptr;
    return on_message_(dialer, id_, std::move(*next.message), now);
  }

  void GiveHold() {
    if (!std::exchange(hold_given_, true)) this->RemoveHold();
  }

  const OnMessage on_message_;
  const OnEnd on_end_;
  Message message_;
  struct Ahead {
    std::shared_ptr<Message> message;
    Checking checking;  // reads the message; may be none
  };
  std::deque<Ahead> ahead_;  // read, not asked for yet
  bool reading_ = false;     // a read is out and its event not seen yet
  bool wanted_ = false;      // the dialer waits for the next message
  bool failed_ = false;      // there is none any more
  bool cancelled_ = false;
  bool hold_given_ = false;
};

template <class Request, class Reply>
class Contact::Unary final : public Contact::Call {
 public:
  using OnReply = std::vector<Action> (Dialer::*)(CallId, const Reply&, Millis);

  Unary(Contact* contact, CallId id, Request request, OnReply on_reply)
      : Call(contact, id), request_(std::move(request)), on_reply_(on_reply) {}

  template <class Begin>
  void Begin_(Begin begin) {
    context_.set_deadline(std::chrono::system_clock::now() + kUnaryDeadline);
    begin(&context_, &request_, &reply_, [this](const grpc::Status& status) { Done(status); });
  }

 private:
  void Done(const grpc::Status& status) {
    auto reply = std::make_shared<Reply>(std::move(reply_));
    Ended([id = id_, on_reply = on_reply_, reply, status = wire::FromGrpc(status)](Dialer& dialer,
                                                                                   Millis now) {
      return status.ok() ? (dialer.*on_reply)(id, *reply, now) : dialer.OnFailed(id, status, now);
    });
  }

  Request request_;
  Reply reply_;
  const OnReply on_reply_;
};

Contact::Contact(NodeCore* core, const Identity* identity, Options options)
    : core_(core),
      identity_(identity),
      options_(std::move(options)),
      host_(core->NewSyncHost()),
      dialer_(&host_, {.peer = options_.peer,
                       .live = options_.live,
                       .nonce = runtime::RandomBytes(16),
                       .bytes_per_second = options_.bytes_per_second,
                       .connecting_round_trips = kConnectingRoundTrips,
                       .may_lead = options_.may_lead,
                       .insist = options_.insist,
                       .plan = options_.plan,
                       .max_bytes = options_.max_bytes}),
      channel_(MakePeerChannel(*identity_, options_.address, options_.peer)),
      stub_(v1::Sync::NewStub(channel_)) {}

Contact::~Contact() = default;

sync::Summary Contact::Run() {
  offered_ = core_->published()->newest_arrival;
  CarryOut(dialer_.Start(Now(), static_cast<Millis>(core_->clock().WallMs())));
  Millis ticked = Now();
  while (!dialer_.finished()) {
    std::vector<Event> events = Take();
    for (Event& event : events) CarryOut(event(dialer_, Now()));
    if (events.empty() || Now() >= ticked + absl::ToInt64Milliseconds(kTick)) {
      ticked = Now();
      CarryOut(dialer_.OnTick(ticked));
    }
    if (options_.until_ms > 0 && core_->clock().SteadyMs() >= options_.until_ms)
      CarryOut(dialer_.OnTimeLimit(Now()));
    if (options_.on_progress) options_.on_progress(dialer_.summary());
    BeginCompanion();
    TellSynced();
  }
  BeginCompanion();
  if (companion_) companion_->End(dialer_.summary());
  CancelCalls();
  while (true) {
    {
      base::MutexLock lock(mutex_);
      if (open_calls_ == 0 && storing_ == 0 && inbox_.empty()) break;
    }
    for (Event& event : Take()) event(dialer_, Now());
  }
  return dialer_.summary();
}

bool Contact::Connected() const { return channel_->GetState(false) == GRPC_CHANNEL_READY; }

// As soon as the peer's Hello told what is to be done.
void Contact::BeginCompanion() {
  const bool answered = dialer_.summary().mode != sync::Mode::kNone;
  if (companion_ || !options_.companion || !answered) return;
  companion_ = options_.companion(channel_, options_.peer, options_.live);
  companion_->Begin(dialer_.summary());
}

void Contact::Stop(absl::Status reason) {
  Post([reason = std::move(reason)](Dialer& dialer, Millis now) {
    return dialer.Stop(reason, now);
  });
}

void Contact::LocalArrival() {
  Post([this](Dialer& dialer, Millis now) {
    offered_ = core_->published()->newest_arrival;
    return dialer.OnLocalArrival(now);
  });
}

void Contact::Post(Event event) {
  base::MutexLock lock(mutex_);
  inbox_.push_back(std::move(event));
  changed_.Signal();
}

// Waits for something to do, at most one tick.
std::vector<Contact::Event> Contact::Take() {
  base::MutexLock lock(mutex_);
  if (inbox_.empty()) changed_.WaitFor(mutex_, kTick);
  std::vector<Event> events(std::make_move_iterator(inbox_.begin()),
                            std::make_move_iterator(inbox_.end()));
  inbox_.clear();
  return events;
}

void Contact::Ended(CallId call) {
  calls_.erase(call);
  push_calls_.erase(call);
  base::MutexLock lock(mutex_);
  --open_calls_;
}

void Contact::CancelCalls() {
  for (auto& [id, call] : calls_) call->Cancel();
}

void Contact::CarryOut(std::vector<Action> actions) {
  for (Action& action : actions) {
    std::visit([this](auto& one) { CarryOut(one); }, action);
  }
}

Contact::Checking Contact::LookAhead(const std::shared_ptr<v1::Frame>& frame) {
  if (frame->body().size() < kWorthAThread) return {};
  if (!checkers_) {
    checkers_ = std::make_unique<runtime::WorkerPool>(
        runtime::WorkerPool::Options{.threads = kAheadMax, .niceness = runtime::kWorksAhead});
  }
  std::promise<std::shared_ptr<CheckedFrame>> promise;
  Checking checking = promise.get_future();
  const absl::Status posted =
      checkers_->Post([core = core_, frame, promise = std::move(promise)]() mutable {
        promise.set_value(CheckFrame(*core, *frame));
      });
  return posted.ok() ? std::move(checking) : Checking();
}

// The writer stores it while this thread already looks at the next frame.
void Contact::CarryOut(sync::Ingest& action) {
  const CallId call = action.call;
  auto checked = std::exchange(checked_, nullptr);
  if (!checked) checked = CheckFrame(*core_, action.frame);
  {
    base::MutexLock lock(mutex_);
    ++storing_;
  }
  StoreFrame(*core_, options_.peer, std::move(checked),
             [this, call](const sync::IngestResult& result) {
               Post([this, call, result](Dialer& dialer, Millis now) {
                 {
                   base::MutexLock lock(mutex_);
                   --storing_;
                 }
                 return dialer.OnIngested(call, result, now);
               });
             });
}

namespace {

std::vector<Action> OnFrame(Dialer& dialer, CallId id, v1::Frame frame, Millis now) {
  return dialer.OnFrame(id, std::move(frame), now);
}
std::vector<Action> OnAuthority(Dialer& dialer, CallId id, v1::AuthorityChunk chunk, Millis now) {
  return dialer.OnAuthorityChunk(id, chunk, now);
}
std::vector<Action> OnHeads(Dialer& dialer, CallId id, v1::HeadsChunk chunk, Millis now) {
  return dialer.OnHeadsChunk(id, chunk, now);
}

}  // namespace

void Contact::CarryOut(sync::CallHello& action) {
  auto call = std::make_unique<Unary<v1::HelloRequest, v1::HelloReply>>(
      this, action.call, std::move(action.request), &Dialer::OnHelloReply);
  auto* begun = call.get();
  Begun(action.call, std::move(call));
  begun->Begin_([this](auto... arguments) { stub_->async()->Hello(arguments...); });
}

void Contact::CarryOut(sync::CallPush& action) {
  auto call = std::make_unique<Unary<v1::PushRequest, v1::PushReply>>(
      this, action.call, std::move(action.request), &Dialer::OnPushReply);
  auto* begun = call.get();
  Begun(action.call, std::move(call), true);
  begun->Begin_([this](auto... arguments) { stub_->async()->Push(arguments...); });
}

void Contact::CarryOut(sync::CallAgree& action) {
  auto call = std::make_unique<Unary<v1::AgreeRequest, v1::AgreeReply>>(
      this, action.call, std::move(action.request), &Dialer::OnAgreeReply);
  auto* begun = call.get();
  Begun(action.call, std::move(call));
  begun->Begin_([this](auto... arguments) { stub_->async()->Agree(arguments...); });
}

void Contact::CarryOut(sync::CallAuthority& action) {
  auto call = std::make_unique<Stream<v1::AuthorityChunk>>(this, action.call, &OnAuthority,
                                                           &Dialer::OnAuthorityEnd);
  auto* begun = call.get();
  Begun(action.call, std::move(call));
  begun->Begin_(true, [&](grpc::ClientContext* context, auto* reactor) {
    stub_->async()->Authority(context, &action.request, reactor);
  });
}

void Contact::CarryOut(sync::CallHeads& action) {
  auto call =
      std::make_unique<Stream<v1::HeadsChunk>>(this, action.call, &OnHeads, &Dialer::OnHeadsEnd);
  auto* begun = call.get();
  Begun(action.call, std::move(call));
  begun->Begin_(true, [&](grpc::ClientContext* context, auto* reactor) {
    stub_->async()->Heads(context, &action.request, reactor);
  });
}

void Contact::CarryOut(sync::CallPull& action) {
  auto call = std::make_unique<Stream<v1::Frame>>(this, action.call, &OnFrame, &Dialer::OnPullEnd);
  auto* begun = call.get();
  Begun(action.call, std::move(call));
  begun->Begin_(!action.request.live(), [&](grpc::ClientContext* context, auto* reactor) {
    stub_->async()->Pull(context, &action.request, reactor);
  });
}

void Contact::Begun(CallId id, std::unique_ptr<Call> call, bool push) {
  calls_[id] = std::move(call);
  if (push) push_calls_.insert(id);
  base::MutexLock lock(mutex_);
  ++open_calls_;
}

void Contact::CarryOut(sync::ReadNext& action) {
  if (auto it = calls_.find(action.call); it != calls_.end()) it->second->ReadNext();
}

void Contact::CarryOut(sync::Cancel& action) {
  if (auto it = calls_.find(action.call); it != calls_.end()) it->second->Cancel();
}

void Contact::CarryOut(sync::CancelAll&) { CancelCalls(); }

void Contact::CarryOut(sync::CaughtUp&) { caught_up_ = true; }

void Contact::CarryOut(sync::Finished& action) {
  if (action.summary.status.ok() && !action.summary.yielded) caught_up_ = true;
  if (caught_up_ && push_calls_.empty() && action.summary.status.ok()) TellSynced();
}

// Caught up, and nothing of ours is under way: what the dialer last looked at is there.
void Contact::TellSynced() {
  if (!caught_up_ || !push_calls_.empty() || told_ == offered_ + 1) return;
  const sync::Summary& summary = dialer_.summary();
  if (options_.plan || summary.cut_short) return;
  // Nothing was exchanged with a peer that only sends nonsense.
  if (summary.instruments > 0 && summary.instruments_failed == summary.instruments) return;
  told_ = offered_ + 1;
  if (options_.on_synced) options_.on_synced(summary, {dialer_.InStep(), offered_});
}

}  // namespace entente::rpc
