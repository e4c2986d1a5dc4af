#include "node/runtime/executor.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "node/base/check.h"
#include "node/base/error.h"

namespace entente::runtime {

Executor::Executor(Options options) : options_(std::move(options)) {
  ENTENTE_CHECK(options_.queue_max > 0 && options_.group_max > 0);
  base::MutexLock lock(join_mutex_);
  thread_ = std::thread([this] { Loop(); });
  writer_id_ = thread_.get_id();
}

Executor::~Executor() { Stop(); }

absl::Status Executor::Post(Stage stage, Done done) {
  base::MutexLock lock(mutex_);
  if (stopping_) {
    return base::Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                       "the node is shutting down; try again when it is back");
  }
  if (queue_.size() >= options_.queue_max) {
    return base::WithRetryDelay(
        base::Error(absl::StatusCode::kResourceExhausted, "QUEUE_FULL",
                    absl::StrCat("the node already has ", queue_.size(),
                                 " writes waiting; wait a moment and try again")),
        absl::Milliseconds(200));
  }
  queue_.push_back({std::move(stage), std::move(done)});
  if (queue_.size() == 1) changed_.Signal();
  return absl::OkStatus();
}

absl::Status Executor::Run(Stage stage) {
  ENTENTE_CHECK(!OnWriterThread());
  base::Mutex mutex;
  base::CondVar ended;
  bool has_result = false;
  absl::Status result;
  const absl::Status posted = Post(std::move(stage), [&](absl::Status status) {
    // Signal under the lock: the waiter's stack, with the mutex on it, goes as soon as the lock is
    // free.
    base::MutexLock lock(mutex);
    result = std::move(status);
    has_result = true;
    ended.Signal();
  });
  if (!posted.ok()) return posted;
  base::MutexLock lock(mutex);
  while (!has_result) ended.Wait(mutex);
  return result;
}

void Executor::Stop() {
  ENTENTE_CHECK(!OnWriterThread());
  {
    base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.Signal();
  }
  base::MutexLock lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

bool Executor::OnWriterThread() const { return std::this_thread::get_id() == writer_id_; }

size_t Executor::queued() const {
  base::MutexLock lock(mutex_);
  return queue_.size();
}

std::vector<Executor::Job> Executor::Take() {
  base::MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
  std::vector<Job> group;
  while (!queue_.empty() && group.size() < options_.group_max) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

void Executor::Loop() {
  for (;;) {
    std::vector<Job> group = Take();
    if (group.empty()) return;
    for (absl::Span<Job> rest = absl::MakeSpan(group); !rest.empty();) {
      rest.remove_prefix(CarryOut(rest));
    }
  }
}

size_t Executor::CarryOut(absl::Span<Job> jobs) {
  size_t staged = 0;
  do {
    jobs[staged++].stage();
  } while (staged < jobs.size() && !(options_.full && options_.full()));
  const absl::Status committed = options_.commit ? options_.commit() : absl::OkStatus();
  for (Job& job : jobs.first(staged)) {
    if (job.done) job.done(committed);
  }
  return staged;
}

}  // namespace entente::runtime
