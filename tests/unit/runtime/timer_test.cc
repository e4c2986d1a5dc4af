#include "node/runtime/timer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <vector>

namespace entente::runtime {
namespace {

using ::testing::ElementsAre;

TEST(Timer, CallsComeInTheOrderOfTheirTimes) {
  std::vector<int> order;  // the timer thread's until `last` is told
  std::promise<void> last;
  Timer timer;
  timer.After(absl::Milliseconds(60), [&] {
    order.push_back(3);
    last.set_value();
  });
  timer.After(absl::Milliseconds(40), [&] { order.push_back(2); });
  timer.After(absl::Milliseconds(20), [&] { order.push_back(1); });
  last.get_future().wait();
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(Timer, NeverEarly) {
  std::promise<void> called;
  Timer timer;
  const auto begin = std::chrono::steady_clock::now();
  timer.After(absl::Milliseconds(30), [&] { called.set_value(); });
  called.get_future().wait();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(30));
}

TEST(Timer, CancelledCallNeverComes) {
  std::promise<void> later;
  bool is_called = false;
  Timer timer;
  const Timer::Id id = timer.After(absl::Milliseconds(20), [&] { is_called = true; });
  EXPECT_TRUE(timer.Cancel(id));
  EXPECT_FALSE(timer.Cancel(id));
  timer.After(absl::Milliseconds(40), [&] { later.set_value(); });
  later.get_future().wait();
  EXPECT_FALSE(is_called);
}

TEST(Timer, CancelWaitsForTheRunningCall) {
  std::promise<void> entered, released;
  std::atomic<bool> has_ended{false};
  Timer timer;
  const Timer::Id id = timer.After(absl::ZeroDuration(), [&] {
    entered.set_value();
    released.get_future().wait();
    has_ended = true;
  });
  entered.get_future().wait();
  auto cancelled = std::async(std::launch::async, [&] {
    EXPECT_FALSE(timer.Cancel(id));
    return has_ended.load();
  });
  released.set_value();
  EXPECT_TRUE(cancelled.get());
}

TEST(Timer, CallMayCancelItselfAndAddAnother) {
  std::promise<void> second;
  Timer timer;
  std::promise<Timer::Id> own;
  auto own_id = own.get_future();
  own.set_value(timer.After(absl::Milliseconds(10), [&] {
    EXPECT_FALSE(timer.Cancel(own_id.get()));
    timer.After(absl::ZeroDuration(), [&] { second.set_value(); });
  }));
  second.get_future().wait();
}

TEST(Timer, StopDropsWhatIsPending) {
  bool is_called = false;
  Timer timer;
  timer.After(absl::Hours(1), [&] { is_called = true; });
  timer.Stop();
  timer.After(absl::ZeroDuration(), [&] { is_called = true; });
  timer.Stop();
  EXPECT_FALSE(is_called);
}

}  // namespace
}  // namespace entente::runtime
