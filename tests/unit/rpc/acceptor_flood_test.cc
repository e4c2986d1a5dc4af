// A flood of plain connections against a process that has no descriptors left must not end the
// listening (CVE-2023-4785). Anyone can do this, without a certificate.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "node/rpc/peer/peer_channel.h"
#include "node/rpc/server.h"
#include "tests/unit/rpc/who_service.h"

namespace entente::rpc {
namespace {

constexpr int kFlood = 200;

class Everybody : public Membership {
 public:
  bool Admits(const base::Spki&) const override { return true; }
};

// Takes every descriptor the process may still open.
std::vector<int> TakeAll() {
  std::vector<int> taken;
  for (;;) {
    const int fd = dup(STDERR_FILENO);
    if (fd < 0) return taken;
    taken.push_back(fd);
  }
}

void CloseAll(const std::vector<int>& fds) {
  for (int fd : fds) close(fd);
}

TEST(AcceptorFlood, ListensOnAfterTheProcessRanOutOfDescriptors) {
  const Identity identity = MakeIdentity().value();
  WhoService service;
  auto server =
      PeerServer::Start(
          {.listen = "127.0.0.1:0",
           .identity = identity,
           .membership = std::make_shared<Everybody>(),
           .limits = {.per_source_max = 1000, .per_loopback_max = 1000, .total_max = 1000},
           .services = {&service}})
          .value();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(server->port()));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::vector<int> flood;
  for (int i = 0; i < kFlood; ++i) {
    flood.push_back(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ASSERT_GE(flood.back(), 0);
  }
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = 512;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  const std::vector<int> taken = TakeAll();
  ASSERT_EQ(errno, EMFILE);

  for (int fd : flood) {
    const int result = connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to));
    ASSERT_TRUE(result == 0 || errno == EINPROGRESS);
  }
  // The spare descriptor turned this one away, so the loop has met EMFILE and is still at work.
  char byte;
  fcntl(flood.front(), F_SETFL, 0);
  EXPECT_LE(read(flood.front(), &byte, 1), 0);
  CloseAll(flood);
  CloseAll(taken);

  const Answer answer = AskWho(MakePeerChannel(identity, server->address(), identity.spki));
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.text, identity.spki.ToHex());
}

TEST(AcceptorFlood, LeavesTheLastDescriptorsToTheStore) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = 512;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<int> handed_on;
  auto acceptor =
      Acceptor::Start(Listener::Tcp("127.0.0.1:0").value(),
                      {.per_source_max = 1000, .per_loopback_max = 1000, .total_max = 1000},
                      [&](int, int fd) { handed_on.push_back(fd); })
          .value();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(acceptor->port()));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::vector<int> taken = TakeAll();
  // A quarter of 512 is kept; leave a good half of that free, one descriptor of it for this side.
  for (int i = 0; i < 80; ++i) {
    close(taken.back());
    taken.pop_back();
  }
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
  char byte;
  EXPECT_LE(read(fd, &byte, 1), 0);  // closed, though accepting it was possible
  acceptor->Stop();
  EXPECT_TRUE(handed_on.empty());
  close(fd);
  CloseAll(taken);
}

}  // namespace
}  // namespace entente::rpc
