// The calls a contact has under way and the actions it asks for: shared by the Dialer and its
// sessions.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "node/sync/contact/actions.h"

namespace entente::sync {

enum class CallKind : uint8_t { kHello, kAuthority, kHeads, kPull, kLivePull, kPush, kAgree };

inline bool IsDiscovery(CallKind kind) {
  return kind == CallKind::kHello || kind == CallKind::kAuthority || kind == CallKind::kHeads;
}

// Frames of one call on their way to the disk. While the writer syncs one, the others gather and
// are then synced together: on a slow disk that is most of the time. Memory: at most so many times
// the 4 MiB a frame may hold decoded, for each call.
inline constexpr int kStoringMax = 6;

struct OpenCall {
  CallKind kind = CallKind::kHello;
  size_t session = 0;  // index of the instrument's session; 0 for Hello too
  size_t bytes = 0;    // of the request; of a Pull, what came so far
  Millis since = 0;
  bool reading = true;  // the peer may send; false while as much is being stored as may be
  int storing = 0;      // frames
  // How the peer ended it, which counts once all that came is stored.
  std::optional<absl::Status> end = std::nullopt;

  // The peer is to blame for silence only while nothing of it is on its way to our disk.
  bool WaitsForPeer() const { return reading && storing == 0; }
};

class Outbox {
 public:
  explicit Outbox(Summary* summary) : summary_(summary) {}

  void SetNow(Millis now) { now_ = now; }
  Millis now() const { return now_; }
  Summary& summary() { return *summary_; }
  Goodput& goodput() { return goodput_; }

  template <class CallAction, class Request>
  CallId Call(CallKind kind, size_t session, Request request) {
    bool parallel = false;
    for (const auto& [id, open] : calls_) parallel = parallel || open.kind != CallKind::kLivePull;
    if (!parallel || kind != CallKind::kPush) ++summary_->round_trips;
    CallId call = ++last_call_;
    size_t bytes = request.ByteSizeLong();
    summary_->bytes_sent += bytes;
    if (IsDiscovery(kind)) summary_->bytes_discovery += bytes;
    calls_[call] = {.kind = kind,
                    .session = session,
                    .bytes = kind == CallKind::kPush ? bytes : 0,
                    .since = now_};
    actions_.push_back(CallAction{call, std::move(request)});
    return call;
  }
  void Store(CallId call, v1::Frame frame) {
    OpenCall& open = calls_[call];
    open.reading = false;
    actions_.push_back(Ingest{call, std::move(frame)});
    if (++open.storing < kStoringMax) Read(call);
  }
  // One of them is on disk. After the end there is nothing to read.
  void Stored(CallId call) {
    OpenCall& open = calls_[call];
    if (open.storing-- == kStoringMax && !open.end) Read(call);
  }
  void Read(CallId call) {
    calls_[call].reading = true;
    actions_.push_back(ReadNext{call});
  }
  void Add(Action action) { actions_.push_back(std::move(action)); }

  // Null when the call ended or never was.
  OpenCall* Find(CallId call) {
    auto at = calls_.find(call);
    return at == calls_.end() ? nullptr : &at->second;
  }
  void End(CallId call) { calls_.erase(call); }
  std::map<CallId, OpenCall>& calls() { return calls_; }

  std::vector<Action> Take() { return std::exchange(actions_, {}); }

 private:
  Summary* summary_;
  Millis now_ = 0;
  CallId last_call_ = 0;
  std::map<CallId, OpenCall> calls_;
  std::vector<Action> actions_;
  Goodput goodput_;
};

}  // namespace entente::sync
