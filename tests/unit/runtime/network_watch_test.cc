#include "node/runtime/network_watch.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "node/base/mutex.h"

namespace entente::runtime {
namespace {

// Counts what is told and when, and lets a test wait for it.
class Told {
 public:
  std::function<void()> Call() {
    return [this] {
      base::MutexLock lock(mutex_);
      times_.push_back(std::chrono::steady_clock::now());
      changed_.SignalAll();
    };
  }
  std::vector<std::chrono::steady_clock::time_point> AwaitCount(size_t count) {
    base::MutexLock lock(mutex_);
    while (times_.size() < count) changed_.Wait(mutex_);
    return times_;
  }
  size_t count() {
    base::MutexLock lock(mutex_);
    return times_.size();
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<std::chrono::steady_clock::time_point> times_ ABSL_GUARDED_BY(mutex_);
};

// The kernel's end of a socket, in the hands of the test.
class NetworkWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
    kernel_ = ends[0];
    theirs_ = ends[1];
  }
  void TearDown() override {
    if (kernel_ >= 0) close(kernel_);
  }
  void Watch(const NetworkWatch::Times& times) {
    auto watch = NetworkWatch::Over(theirs_, times, told_.Call());
    ASSERT_TRUE(watch.ok()) << watch.status();
    watch_ = *std::move(watch);
  }
  void News() { ASSERT_EQ(send(kernel_, "news", 4, 0), 4); }

  Told told_;
  int kernel_ = -1, theirs_ = -1;
  std::unique_ptr<NetworkWatch> watch_;
};

TEST_F(NetworkWatchTest, ABurstIsToldOnce) {
  Watch({.quiet = absl::Milliseconds(50), .at_latest = absl::Hours(1), .apart = absl::Hours(1)});
  for (int i = 0; i < 20; ++i) News();
  told_.AwaitCount(1);
  watch_.reset();
  EXPECT_EQ(told_.count(), 1u);
}

TEST_F(NetworkWatchTest, NewsWithoutEndAreToldAtTheLatest) {
  Watch({.quiet = absl::Hours(1), .at_latest = absl::Milliseconds(50), .apart = absl::Hours(1)});
  News();
  EXPECT_EQ(told_.AwaitCount(1).size(), 1u);
}

TEST_F(NetworkWatchTest, TellingsStayApartAndTheLastChangeIsTold) {
  constexpr auto kApart = std::chrono::milliseconds(200);
  Watch({.quiet = absl::Milliseconds(1),
         .at_latest = absl::Milliseconds(1),
         .apart = absl::Milliseconds(kApart.count())});
  News();
  told_.AwaitCount(1);
  News();
  const auto times = told_.AwaitCount(2);
  EXPECT_GE(times[1] - times[0], kApart);
}

TEST_F(NetworkWatchTest, ASocketThatEndsIsNoBusyLoop) {
  watch_.reset();
  close(theirs_);
  int ends[2];
  // A stream ends where the other side closes; datagrams do not.
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  theirs_ = ends[1];
  Watch({.quiet = absl::Milliseconds(1),
         .at_latest = absl::Milliseconds(1),
         .apart = absl::Milliseconds(1)});
  close(ends[0]);
  told_.AwaitCount(1);
  watch_.reset();
  EXPECT_EQ(told_.count(), 1u);
}

TEST(NetworkWatch, EndsWithoutNews) {
  auto watch = NetworkWatch::Start([] {});
  if (!watch.ok()) GTEST_SKIP() << watch.status();
  watch->reset();
}

// ---- news of the kernel itself

bool TakeLoopbackUp() {
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const bool done = ioctl(any, SIOCSIFFLAGS, &request) == 0;
  close(any);
  return done;
}

constexpr int kNews = 0, kNoNamespace = 77;

// In a process of its own, so that the namespace ends with it. Without news it never ends, and
// the test's own time limit says so.
int AwaitNewsInANamespace() {
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return kNoNamespace;
  Told told;
  auto watch = NetworkWatch::Start(told.Call());
  if (!watch.ok() || !TakeLoopbackUp()) return kNoNamespace;
  told.AwaitCount(1);
  return kNews;
}

TEST(NetworkWatch, ALinkThatComesUpIsTold) {
  const pid_t child = fork();
  if (child == 0) _exit(AwaitNewsInANamespace());
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoNamespace) GTEST_SKIP() << "no network namespace may be made here";
  EXPECT_EQ(WEXITSTATUS(status), kNews);
}

}  // namespace
}  // namespace entente::runtime
