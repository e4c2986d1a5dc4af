#include "tests/unit/sync/loopback.h"

#include <algorithm>

#include "node/base/check.h"
#include "node/sync/contact/answers.h"

namespace entente::sync::testing {

namespace {

constexpr const char* kNames[] = {"Hello",  "Authority", "Heads",    "Pull",
                                  "Push",   "Agree",     "Ingest",   "ReadNext",
                                  "Cancel", "CancelAll", "CaughtUp", "Finished"};

DialerOptions OptionsFor(bool live, uint32_t sketch_cap_least) {
  DialerOptions options;
  options.live = live;
  options.sketch_cap_least = sketch_cap_least;
  return options;
}

DialerOptions With(const FakeHost& peer, DialerOptions options) {
  options.peer = peer.spki();
  if (options.nonce.empty()) options.nonce = std::string(16, 'n');
  return options;
}

}  // namespace

Loopback::Loopback(FakeHost* dialling, FakeHost* answering, bool live, Millis step,
                   uint32_t sketch_cap_least)
    : dialling_(dialling),
      answering_(answering),
      dialer_(dialling, WithLead(With(*answering, OptionsFor(live, sketch_cap_least)))),
      step_(step) {}

Loopback::Loopback(FakeHost* dialling, FakeHost* answering, DialerOptions options)
    : dialling_(dialling),
      answering_(answering),
      dialer_(dialling, WithLead(With(*answering, std::move(options)))),
      step_(1) {}

void Loopback::TimeIsOver() { Queue(dialer_.OnTimeLimit(now_)); }

DialerOptions Loopback::WithLead(DialerOptions options) {
  options.may_lead = [this] { return own_crossing_ == nullptr || own_crossing_->Lead(false); };
  return options;
}

void Loopback::ObserveCrossing(Crossing* dialling, Crossing* answering) {
  own_crossing_ = dialling;
  peer_crossing_ = answering;
}

void Loopback::Queue(std::vector<Action> actions) {
  for (Action& action : actions) todo_.push_back(std::move(action));
  int pushes = 0;
  for (const Action& action : todo_) pushes += std::holds_alternative<CallPush>(action) ? 1 : 0;
  most_pushes_ = std::max(most_pushes_, pushes);
}

bool Loopback::Step() {
  if (!started_) {
    started_ = true;
    Queue(dialer_.Start(now_, 1'700'000'000'000));
  }
  now_ += step_;
  if (hello_) {
    auto [call, reply] = *std::exchange(hello_, std::nullopt);
    Queue(dialer_.OnHelloReply(call, reply, now_));
    return true;
  }
  if (todo_.empty()) return false;
  Action action = std::move(todo_.front());
  todo_.pop_front();
  log_.push_back(kNames[action.index()]);
  Queue(std::visit([this](const auto& one) { return Do(one); }, action));
  return true;
}

void Loopback::Run() {
  constexpr int kStepsMax = 200'000;
  for (int step = 0; Step(); ++step) ENTENTE_CHECK(step < kStepsMax);
}

void Loopback::Arrived() {
  now_ += step_;
  Queue(dialer_.OnLocalArrival(now_));
  std::vector<CallId> idle;
  idle.swap(idle_);
  for (CallId call : idle) Queue(ReadPull(call));
}

void Loopback::Tick(Millis later) {
  now_ += later;
  Queue(dialer_.OnTick(now_));
}

std::vector<Action> Loopback::Do(const CallHello& action) {
  if (mute) return {};
  auto reply = AnswerHello(*answering_, dialling_->spki(), action.request, 1'700'000'000'000);
  if (!reply.ok()) return dialer_.OnFailed(action.call, reply.status(), now_);
  bool differ = false;
  for (const v1::InstrumentReply& answer : reply->instruments()) differ = differ || !answer.equal();
  if (differ && peer_crossing_ != nullptr && !peer_crossing_->Grant(false, true)) {
    reply->clear_instruments();
    reply->set_yield(true);
  }
  // The answer is on its way: something else may happen before it is there.
  hello_ = {action.call, *std::move(reply)};
  return {};
}

std::vector<Action> Loopback::Do(const CallAuthority& action) {
  auto chunks = AnswerAuthority(*answering_, dialling_->spki(), action.request);
  if (!chunks.ok()) return dialer_.OnFailed(action.call, chunks.status(), now_);
  authority_[action.call].assign(chunks->begin(), chunks->end());
  return Do(ReadNext{action.call});
}

std::vector<Action> Loopback::Do(const CallHeads& action) {
  auto chunks = AnswerHeads(*answering_, dialling_->spki(), action.request);
  if (!chunks.ok()) return dialer_.OnFailed(action.call, chunks.status(), now_);
  heads_[action.call].assign(chunks->begin(), chunks->end());
  return Do(ReadNext{action.call});
}

std::vector<Action> Loopback::Do(const CallPull& action) {
  auto cursor = PullCursor::Open(answering_, dialling_->spki(), action.request);
  if (!cursor.ok()) return dialer_.OnFailed(action.call, cursor.status(), now_);
  pulls_[action.call] = std::move(*cursor);
  return ReadPull(action.call);
}

std::vector<Action> Loopback::Do(const CallPush& action) {
  auto ok = CheckPush(*answering_, dialling_->spki(), action.request);
  if (!ok.ok()) return dialer_.OnFailed(action.call, ok.status(), now_);
  auto reply = AnswerPush(answering_->IngestFrame(action.request.frame(), dialling_->spki()));
  if (!reply.ok()) return dialer_.OnFailed(action.call, reply.status(), now_);
  return dialer_.OnPushReply(action.call, *reply, now_);
}

std::vector<Action> Loopback::Do(const CallAgree& action) {
  auto reply = AnswerAgree(*answering_, dialling_->spki(), action.request);
  if (!reply.ok()) return dialer_.OnFailed(action.call, reply.status(), now_);
  return dialer_.OnAgreeReply(action.call, *reply, now_);
}

std::vector<Action> Loopback::Do(const Ingest& action) {
  IngestResult result = dialling_->IngestFrame(action.frame, answering_->spki());
  return dialer_.OnIngested(action.call, result, now_);
}

std::vector<Action> Loopback::Do(const ReadNext& action) {
  if (mute) return {};
  if (auto at = authority_.find(action.call); at != authority_.end()) {
    if (at->second.empty()) return dialer_.OnAuthorityEnd(action.call, now_);
    v1::AuthorityChunk chunk = at->second.front();
    at->second.pop_front();
    return dialer_.OnAuthorityChunk(action.call, chunk, now_);
  }
  if (auto at = heads_.find(action.call); at != heads_.end()) {
    if (at->second.empty()) return dialer_.OnHeadsEnd(action.call, now_);
    v1::HeadsChunk chunk = at->second.front();
    at->second.pop_front();
    return dialer_.OnHeadsChunk(action.call, chunk, now_);
  }
  return ReadPull(action.call);
}

std::vector<Action> Loopback::ReadPull(CallId call) {
  auto at = pulls_.find(call);
  if (at == pulls_.end() || mute) return {};
  auto frame = at->second->NextFrame(now_);
  if (!frame.ok()) return dialer_.OnFailed(call, frame.status(), now_);
  if (!*frame) {
    if (!at->second->live()) return dialer_.OnPullEnd(call, now_);
    idle_.push_back(call);
    return {};
  }
  ENTENTE_CHECK((*frame)->ByteSizeLong() < 1 << 20);
  largest_frame_entries_ = std::max<size_t>(largest_frame_entries_, (*frame)->entries());
  return dialer_.OnFrame(call, **frame, now_);
}

std::vector<Action> Loopback::Do(const Cancel& action) {
  pulls_.erase(action.call);
  return {};
}

std::vector<Action> Loopback::Do(const CancelAll&) {
  pulls_.clear();
  return {};
}

std::vector<Action> Loopback::Do(const CaughtUp&) { return {}; }
std::vector<Action> Loopback::Do(const Finished&) { return {}; }

}  // namespace entente::sync::testing
