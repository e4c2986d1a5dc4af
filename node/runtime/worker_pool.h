// Threads for work that only reads: queries over a snapshot, signature checks. They never touch
// what the executor owns; what they find they post to it.
//
// The queue is bounded: a full one answers RESOURCE_EXHAUSTED (QUEUE_FULL). Stop() carries out what
// was taken.
#pragma once

#include <cstddef>
#include <deque>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "node/base/mutex.h"

namespace entente::runtime {

// For threads that work ahead: what they finish waits for another thread anyway, which shall not
// wait for them.
inline constexpr int kWorksAhead = 10;

class WorkerPool {
 public:
  using Job = absl::AnyInvocable<void()>;

  struct Options {
    size_t threads = 2;
    size_t queue_max = 1024;
    // How far its threads give way to others that want the processor: nice(2), added to what the
    // process has.
    int niceness = 0;
  };

  explicit WorkerPool(const Options& options);
  // Stops first. Not on a thread of the pool.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Any thread. Jobs start in order but may overlap and end in any order.
  absl::Status Post(Job job);
  // Refuses further jobs, carries out the queued ones, ends the threads. Safe to call twice.
  void Stop();

 private:
  void Loop();

  const size_t queue_max_;
  const int niceness_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<Job> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  base::Mutex join_mutex_;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(join_mutex_);
};

}  // namespace entente::runtime
