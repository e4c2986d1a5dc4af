#include "tests/bench/counting_proxy.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <vector>

#include "node/base/check.h"

namespace entente::bench {

namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int Socket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ENTENTE_CHECK(fd >= 0);
  return fd;
}

// Small messages are told apart by time elsewhere; here nothing may wait for more.
void NoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// Takes what is there and hands all of it on. 0: one side has ended.
size_t Relay(int from, int to) {
  char buffer[64 << 10];
  const ssize_t taken = recv(from, buffer, sizeof buffer, 0);
  if (taken <= 0) return 0;
  for (ssize_t sent = 0; sent < taken;) {
    const ssize_t now = send(to, buffer + sent, static_cast<size_t>(taken - sent), MSG_NOSIGNAL);
    if (now <= 0) return 0;
    sent += now;
  }
  return static_cast<size_t>(taken);
}

}  // namespace

CountingProxy::CountingProxy(int target_port) : target_port_(target_port) {
  listener_ = Socket();
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  ENTENTE_CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  ENTENTE_CHECK(listen(listener_, 16) == 0);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  ENTENTE_CHECK(pipe(wake_) == 0);
  thread_ = std::thread([this] { Run(); });
}

CountingProxy::~CountingProxy() {
  close(wake_[1]);
  thread_.join();
  close(wake_[0]);
  close(listener_);
}

void CountingProxy::Run() {
  std::map<int, int> other;  // both ends of every connection
  while (true) {
    std::vector<pollfd> watched = {{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& [fd, end] : other) watched.push_back({fd, POLLIN, 0});
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[0].revents != 0) break;
    for (size_t i = 2; i < watched.size(); ++i) {
      const int fd = watched[i].fd;
      if (watched[i].revents == 0 || !other.contains(fd)) continue;
      const int end = other[fd];
      const size_t passed = Relay(fd, end);
      bytes_ += passed;
      if (passed > 0) continue;
      other.erase(fd);
      other.erase(end);
      close(fd);
      close(end);
    }
    if (watched[1].revents == 0) continue;
    const int in = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (in < 0) continue;
    const int out = Socket();
    const sockaddr_in target = Loopback(target_port_);
    if (connect(out, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
      close(in);
      close(out);
      continue;
    }
    ++connections_;
    NoDelay(in);
    NoDelay(out);
    other[in] = out;
    other[out] = in;
  }
  for (const auto& [fd, end] : other) close(fd);
}

}  // namespace entente::bench
