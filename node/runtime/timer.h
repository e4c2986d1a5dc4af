// One thread that calls functions at their time. Calls run on that thread, one after another, so
// each must be short: post to the executor, cancel a call. Times are intervals of the steady clock;
// a changed wall clock moves nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "node/base/mutex.h"

namespace entente::runtime {

class Timer {
 public:
  using Call = absl::AnyInvocable<void()>;
  // Never reused by the same Timer; 0 is no call.
  enum class Id : uint64_t {};

  Timer();
  // Stops first. Not on the timer's thread.
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Any thread, a call included. After Stop() the call is dropped.
  Id After(absl::Duration delay, Call call);

  // True: the call has not begun and never will. False: it ended, was cancelled or dropped, or is
  // running now. When a call runs on another thread, waits until it has ended, so that what it uses
  // may then be destroyed; a call that cancels itself does not wait.
  bool Cancel(Id id);

  // Drops what is pending, waits for the running call. Safe to call twice.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;
  using Key = std::pair<Clock::time_point, uint64_t>;

  void Loop();

  base::Mutex mutex_;
  base::CondVar changed_;   // pending_ or stopping_ changed: for the timer's thread
  base::CondVar finished_;  // running_ changed: for Cancel
  std::map<Key, Call> pending_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, Clock::time_point> due_ ABSL_GUARDED_BY(mutex_);  // same calls as pending_
  uint64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  base::Mutex join_mutex_;
  std::thread thread_ ABSL_GUARDED_BY(join_mutex_);
  std::thread::id thread_id_;  // set once, before any call can be added
};

}  // namespace entente::runtime
