#include "node/rpc/acceptor.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/str_cat.h"

namespace entente::rpc {
namespace {

using ::testing::HasSubstr;

// Keeps what the acceptor hands on, and lets a test wait for it.
class Kept {
 public:
  ~Kept() {
    for (int fd : fds_) close(fd);
  }
  Acceptor::Handler Handler() {
    return [this](int, int fd) {
      base::MutexLock lock(mutex_);
      fds_.push_back(fd);
      changed_.SignalAll();
    };
  }
  void WaitFor(size_t count) {
    base::MutexLock lock(mutex_);
    while (fds_.size() < count) changed_.Wait(mutex_);
  }
  size_t count() {
    base::MutexLock lock(mutex_);
    return fds_.size();
  }
  void CloseAll() {
    base::MutexLock lock(mutex_);
    for (int fd : fds_) close(fd);
    fds_.clear();
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<int> fds_ ABSL_GUARDED_BY(mutex_);
};

int Connect(int port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
  return fd;
}

// True when the far end closed the connection.
bool IsClosed(int fd) {
  pollfd wait{fd, POLLIN, 0};
  char byte;
  return poll(&wait, 1, 10000) == 1 && read(fd, &byte, 1) <= 0;
}

std::unique_ptr<Acceptor> Started(Kept& kept, const Acceptor::Limits& limits) {
  return Acceptor::Start(Listener::Tcp("127.0.0.1:0").value(), limits, kept.Handler()).value();
}

TEST(Acceptor, PortZeroTakesAFreePortAndSaysWhich) {
  Kept kept;
  auto acceptor = Started(kept, {});
  EXPECT_GT(acceptor->port(), 0);
  EXPECT_EQ(acceptor->address(), absl::StrCat("127.0.0.1:", acceptor->port()));
  const int fd = Connect(acceptor->port());
  kept.WaitFor(1);
  close(fd);
}

TEST(Acceptor, SourceOverItsLimitIsTurnedAwayUntilAConnectionEnds) {
  Kept kept;
  auto acceptor = Started(kept, {.per_source_max = 2, .per_loopback_max = 2, .total_max = 100});
  const int first = Connect(acceptor->port()), second = Connect(acceptor->port());
  kept.WaitFor(2);
  const int third = Connect(acceptor->port());
  EXPECT_TRUE(IsClosed(third));
  EXPECT_EQ(kept.count(), 2u);

  kept.CloseAll();
  const int fourth = Connect(acceptor->port());
  kept.WaitFor(1);
  for (int fd : {first, second, third, fourth}) close(fd);
}

TEST(Acceptor, TotalLimitHoldsForEverySource) {
  Kept kept;
  auto acceptor = Started(kept, {.per_source_max = 100, .per_loopback_max = 100, .total_max = 1});
  const int first = Connect(acceptor->port());
  kept.WaitFor(1);
  const int second = Connect(acceptor->port());
  EXPECT_TRUE(IsClosed(second));
  close(first);
  close(second);
}

TEST(Acceptor, AfterStopThePortIsClosed) {
  Kept kept;
  auto acceptor = Started(kept, {});
  const int port = acceptor->port();
  acceptor->Stop();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_NE(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
  EXPECT_EQ(errno, ECONNREFUSED);
  close(fd);
  acceptor->Stop();
}

TEST(Listener, AddressesThatAreNoneAreRefusedWithAnExample) {
  for (const char* wrong :
       {"", "7400", "localhost", "127.0.0.1:", "127.0.0.1:70000", "::1:7400", "127.0.0.1:http"}) {
    const absl::Status status = Listener::Tcp(wrong).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << wrong;
    EXPECT_THAT(std::string(status.message()), HasSubstr("[::")) << wrong;
  }
}

TEST(Listener, AddressOfAnotherMachineIsRefused) {
  const absl::Status status = Listener::Tcp("192.0.2.1:0").status();  // RFC 5737: nobody's
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no such address"));
}

}  // namespace
}  // namespace entente::rpc
