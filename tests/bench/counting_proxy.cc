#include "tests/bench/counting_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <vector>

#include "node/base/check.h"
#include "tests/bench/relay_sockets.h"

namespace entente::bench {

namespace {

// Takes what is there and hands all of it on. 0: one side has ended.
size_t Relay(int from, int to) {
  char buffer[64 << 10];
  const ssize_t taken = recv(from, buffer, sizeof buffer, 0);
  if (taken <= 0) return 0;
  const auto bytes = static_cast<size_t>(taken);
  return SendAll(to, {buffer, bytes}) ? bytes : 0;
}

}  // namespace

CountingProxy::CountingProxy(int target_port) : target_port_(target_port) {
  listener_ = ListenOnLoopback(port_);
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
    const std::optional<Pair> pair = AcceptFor(listener_, target_port_);
    if (!pair) continue;
    ++connections_;
    other[pair->in] = pair->out;
    other[pair->out] = pair->in;
  }
  for (const auto& [fd, end] : other) close(fd);
}

}  // namespace entente::bench
