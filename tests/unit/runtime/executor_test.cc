#include "node/runtime/executor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"

namespace entente::runtime {
namespace {

using ::testing::ElementsAre;

// Holds the writer inside a stage until released, so that a test decides what is queued meanwhile.
class Gate {
 public:
  Executor::Stage Stage() {
    return [this] {
      entered_.set_value();
      released_.get_future().wait();
    };
  }
  void WaitEntered() { entered_.get_future().wait(); }
  void Release() { released_.set_value(); }

 private:
  std::promise<void> entered_, released_;
};

TEST(Executor, GroupRunsAllStagesThenOneCommitThenEveryDone) {
  std::vector<std::string> trace;  // the writer's, read after Stop
  Gate gate;
  Executor executor({.commit = [&] {
    trace.push_back("commit");
    return absl::OkStatus();
  }});
  ASSERT_TRUE(executor.Post(gate.Stage(), [&](absl::Status) { trace.push_back("gate"); }).ok());
  gate.WaitEntered();
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(executor
                    .Post([&trace, i] { trace.push_back(absl::StrCat("stage ", i)); },
                          [&trace, i](absl::Status) { trace.push_back(absl::StrCat("done ", i)); })
                    .ok());
  }
  gate.Release();
  executor.Stop();
  EXPECT_THAT(trace, ElementsAre("commit", "gate", "stage 1", "stage 2", "stage 3", "commit",
                                 "done 1", "done 2", "done 3"));
}

TEST(Executor, GroupIsBounded) {
  int commits = 0;
  Gate gate;
  Executor executor({.group_max = 2, .commit = [&] {
                       ++commits;
                       return absl::OkStatus();
                     }});
  ASSERT_TRUE(executor.Post(gate.Stage(), nullptr).ok());
  gate.WaitEntered();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(executor.Post([] {}, nullptr).ok());
  gate.Release();
  executor.Stop();
  EXPECT_EQ(commits, 1 + 3);
}

TEST(Executor, NoMoreIsStagedThanShouldBeWrittenAtOnce) {
  std::vector<std::string> trace;  // the writer's, read after Stop
  int staged = 0;
  Gate gate;
  Executor executor({.commit =
                         [&] {
                           trace.push_back(absl::StrCat("commit of ", std::exchange(staged, 0)));
                           return absl::OkStatus();
                         },
                     .full = [&] { return staged >= 2; }});
  ASSERT_TRUE(executor.Post(gate.Stage(), nullptr).ok());
  gate.WaitEntered();
  for (const int much : {1, 1, 3, 1}) {
    ASSERT_TRUE(
        executor
            .Post([&staged, much] { staged += much; },
                  [&trace, much](absl::Status) { trace.push_back(absl::StrCat("done ", much)); })
            .ok());
  }
  gate.Release();
  executor.Stop();
  EXPECT_THAT(trace, ElementsAre("commit of 0", "commit of 2", "done 1", "done 1", "commit of 3",
                                 "done 3", "commit of 1", "done 1"));
}

TEST(Executor, FullQueueTakesNothingAndSaysSo) {
  Gate gate;
  bool has_run = false;
  Executor executor({.queue_max = 2, .commit = nullptr});
  ASSERT_TRUE(executor.Post(gate.Stage(), nullptr).ok());
  gate.WaitEntered();
  ASSERT_TRUE(executor.Post([] {}, nullptr).ok());
  ASSERT_TRUE(executor.Post([] {}, nullptr).ok());
  const absl::Status status = executor.Post([&] { has_run = true; }, nullptr);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(base::ReasonOf(status), "QUEUE_FULL");
  EXPECT_TRUE(base::RetryDelayOf(status).has_value());
  gate.Release();
  executor.Stop();
  EXPECT_FALSE(has_run);
}

TEST(Executor, DoneAndRunSeeTheCommitsStatus) {
  Executor executor({.commit = [] { return absl::ResourceExhaustedError("disk full"); }});
  EXPECT_EQ(executor.Run([] {}), absl::ResourceExhaustedError("disk full"));
}

TEST(Executor, StopCarriesOutWhatWasTakenAndRefusesTheRest) {
  Gate gate;
  int ended = 0;
  Executor executor({.group_max = 1, .commit = nullptr});
  ASSERT_TRUE(executor.Post(gate.Stage(), nullptr).ok());
  gate.WaitEntered();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(executor.Post([] {}, [&](absl::Status) { ++ended; }).ok());
  }
  auto stopped = std::async(std::launch::async, [&] { executor.Stop(); });
  gate.Release();
  stopped.wait();
  EXPECT_EQ(ended, 10);
  const absl::Status late = executor.Post([] {}, nullptr);
  EXPECT_EQ(late.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(late), "SHUTTING_DOWN");
}

TEST(Executor, JobsOfManyThreadsAllRunOnOneThreadOnce) {
  constexpr int kThreads = 4, kEach = 500;
  int unguarded = 0;  // only the writer touches it; the thread sanitizer would tell
  Executor executor({.queue_max = kThreads * kEach, .commit = nullptr});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i)
        EXPECT_TRUE(executor.Post([&] { ++unguarded; }, nullptr).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  executor.Stop();
  EXPECT_EQ(unguarded, kThreads * kEach);
}

TEST(Executor, DoneMayPostAgain) {
  std::promise<bool> second;
  Executor executor({.commit = nullptr});
  ASSERT_TRUE(executor
                  .Post([] {},
                        [&](absl::Status) {
                          EXPECT_TRUE(executor
                                          .Post([] {},
                                                [&](absl::Status) {
                                                  second.set_value(executor.OnWriterThread());
                                                })
                                          .ok());
                        })
                  .ok());
  EXPECT_TRUE(second.get_future().get());
}

}  // namespace
}  // namespace entente::runtime
