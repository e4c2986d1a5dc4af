#include "node/runtime/worker_pool.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/check.h"
#include "node/base/error.h"

namespace entente::runtime {

WorkerPool::WorkerPool(const Options& options)
    : queue_max_(options.queue_max), niceness_(options.niceness) {
  ENTENTE_CHECK(options.threads > 0 && options.queue_max > 0);
  base::MutexLock lock(join_mutex_);
  for (size_t i = 0; i < options.threads; ++i) threads_.emplace_back([this] { Loop(); });
}

WorkerPool::~WorkerPool() { Stop(); }

absl::Status WorkerPool::Post(Job job) {
  base::MutexLock lock(mutex_);
  if (stopping_) {
    return base::Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                       "the node is shutting down; try again when it is back");
  }
  if (queue_.size() >= queue_max_) {
    return base::WithRetryDelay(
        base::Error(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                    absl::StrCat("the node already has ", queue_.size(),
                                 " questions waiting; wait a moment and try again")),
        absl::Milliseconds(200));
  }
  queue_.push_back(std::move(job));
  changed_.Signal();
  return absl::OkStatus();
}

void WorkerPool::Stop() {
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.SignalAll();
  }
  base::MutexLock lock(join_mutex_);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::Loop() {
  // Of this thread alone, on Linux. Should it be refused, the work is done all the same.
  if (niceness_ > 0) {
    [[maybe_unused]] const int now = nice(niceness_);
  }
  for (;;) {
    Job job;
    {
      base::MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job();
  }
}

}  // namespace entente::runtime
