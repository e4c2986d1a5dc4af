#include "node/runtime/timer.h"

#include <algorithm>

#include "node/base/check.h"

namespace entente::runtime {

Timer::Timer() {
  base::MutexLock lock(join_mutex_);
  thread_ = std::thread([this] { Loop(); });
  thread_id_ = thread_.get_id();
}

Timer::~Timer() { Stop(); }

Timer::Id Timer::After(absl::Duration delay, Call call) {
  // A year is far beyond any interval in use and keeps the sum inside the clock's range.
  delay = std::clamp(delay, absl::ZeroDuration(), absl::Hours(24 * 365));
  const auto due = Clock::now() + absl::ToChronoNanoseconds(delay);
  base::MutexLock lock(mutex_);
  const uint64_t id = ++last_id_;
  if (stopping_) return Id{id};
  const bool is_first = pending_.empty() || due < pending_.begin()->first.first;
  pending_.emplace(Key{due, id}, std::move(call));
  due_.emplace(id, due);
  if (is_first) changed_.Signal();
  return Id{id};
}

bool Timer::Cancel(Id id) {
  Call dropped;  // destroyed after the lock is released: a call may own things that call back here
  const auto number = static_cast<uint64_t>(id);
  base::MutexLock lock(mutex_);
  if (auto due = due_.find(number); due != due_.end()) {
    auto pending = pending_.find(Key{due->second, number});
    ENTENTE_CHECK(pending != pending_.end());
    dropped = std::move(pending->second);
    pending_.erase(pending);
    due_.erase(due);
    return true;
  }
  if (std::this_thread::get_id() == thread_id_) return false;
  while (number != 0 && running_ == number) finished_.Wait(mutex_);
  return false;
}

void Timer::Stop() {
  ENTENTE_CHECK(std::this_thread::get_id() != thread_id_);
  std::map<Key, Call> dropped;
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    dropped.swap(pending_);
    due_.clear();
    changed_.Signal();
  }
  base::MutexLock lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void Timer::Loop() {
  for (;;) {
    Call call;
    {
      base::MutexLock lock(mutex_);
      for (;;) {
        if (stopping_) return;
        if (pending_.empty()) {
          changed_.Wait(mutex_);
          continue;
        }
        const auto wait = pending_.begin()->first.first - Clock::now();
        if (wait <= Clock::duration::zero()) break;
        changed_.WaitFor(mutex_, absl::FromChrono(wait));
      }
      running_ = pending_.begin()->first.second;
      call = std::move(pending_.begin()->second);
      pending_.erase(pending_.begin());
      due_.erase(running_);
    }
    call();
    call = nullptr;  // what it owns goes before anyone is told that it ended
    base::MutexLock lock(mutex_);
    running_ = 0;
    finished_.SignalAll();
  }
}

}  // namespace entente::runtime
