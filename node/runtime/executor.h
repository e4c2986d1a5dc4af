// The single writer: one thread that owns everything that changes. Other threads hand it jobs; it
// takes them in groups, so that one synced write covers many.
//
// Each round: take up to group_max jobs -> run every stage -> commit() once -> run every done.
// Where the stages prepare more than should be written at once, the jobs are split into several
// rounds.
//
// Invariants
//  1. Stages, commit and done all run on the one writer thread, in the order the jobs were posted.
//  2. A job's done runs exactly once, after the commit that covers its stage, with that commit's
//     status; so nothing is acknowledged before it is durable.
//  3. The queue is bounded: a full queue answers RESOURCE_EXHAUSTED (QUEUE_FULL) and takes nothing.
//  4. After Stop() begins, Post answers UNAVAILABLE (SHUTTING_DOWN); every job taken before is
//     carried out.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "node/base/mutex.h"

namespace entente::runtime {

class Executor {
 public:
  using Stage = absl::AnyInvocable<void()>;
  using Done = absl::AnyInvocable<void(absl::Status)>;

  struct Options {
    size_t queue_max = 4096;
    size_t group_max = 256;
    // Makes what the group's stages prepared durable. Empty: nothing to do.
    std::function<absl::Status()> commit;
    // Is as much staged as should be written at once? Asked after each stage. Empty: never.
    std::function<bool()> full = nullptr;
  };

  explicit Executor(Options options);
  // Stops first. Not on the writer thread.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Any thread, the writer's own too. Neither function may block or throw.
  absl::Status Post(Stage stage, Done done);
  // Posts and waits for the commit. REQUIRES: not on the writer thread, which would wait for
  // itself.
  absl::Status Run(Stage stage);

  // Carries out what is queued, then ends the thread. Safe to call twice. Not on the writer thread.
  void Stop();

  bool OnWriterThread() const;
  size_t queued() const;

 private:
  struct Job {
    Stage stage;
    Done done;
  };

  void Loop();
  // The next group; empty when stopped and drained.
  std::vector<Job> Take();
  // Stages the first jobs until that is enough, commits and answers them. How many they were.
  size_t CarryOut(absl::Span<Job> jobs);

  const Options options_;
  mutable base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<Job> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  base::Mutex join_mutex_;  // two Stops at once: both return after the thread ended
  std::thread thread_ ABSL_GUARDED_BY(join_mutex_);
  std::thread::id writer_id_;  // set once, before any job can be posted
};

}  // namespace entente::runtime
