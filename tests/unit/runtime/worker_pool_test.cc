#include "node/runtime/worker_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <future>

#include "node/base/error.h"

namespace entente::runtime {
namespace {

TEST(WorkerPool, JobsOverlap) {
  WorkerPool pool({.threads = 2, .queue_max = 8});
  std::promise<void> first, second;
  // Each waits for the other: on one thread neither would end.
  ASSERT_TRUE(pool.Post([&] {
                    first.set_value();
                    second.get_future().wait();
                  })
                  .ok());
  ASSERT_TRUE(pool.Post([&] {
                    second.set_value();
                    first.get_future().wait();
                  })
                  .ok());
  pool.Stop();
}

TEST(WorkerPool, FullQueueTakesNothingAndSaysSo) {
  WorkerPool pool({.threads = 1, .queue_max = 1});
  std::promise<void> entered, released;
  ASSERT_TRUE(pool.Post([&] {
                    entered.set_value();
                    released.get_future().wait();
                  })
                  .ok());
  entered.get_future().wait();
  ASSERT_TRUE(pool.Post([] {}).ok());
  const absl::Status status = pool.Post([] { FAIL() << "was refused"; });
  EXPECT_EQ(base::ReasonOf(status), "QUEUE_FULL");
  released.set_value();
}

TEST(WorkerPool, ThreadsGiveWayAsFarAsTheyAreTold) {
  const int own = getpriority(PRIO_PROCESS, 0);
  WorkerPool pool({.threads = 1, .niceness = 3});
  std::promise<int> theirs;
  ASSERT_TRUE(pool.Post([&] { theirs.set_value(getpriority(PRIO_PROCESS, 0)); }).ok());
  EXPECT_EQ(theirs.get_future().get(), std::min(own + 3, 19));
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), own);
}

TEST(WorkerPool, StopCarriesOutWhatWasTaken) {
  std::atomic<int> ended{0};
  WorkerPool pool({.threads = 2, .queue_max = 100});
  for (int i = 0; i < 100; ++i) {
    const absl::Status status = pool.Post([&] { ++ended; });
    ASSERT_TRUE(status.ok());
  }
  pool.Stop();
  EXPECT_EQ(ended, 100);
  EXPECT_EQ(base::ReasonOf(pool.Post([] {})), "SHUTTING_DOWN");
}

}  // namespace
}  // namespace entente::runtime
