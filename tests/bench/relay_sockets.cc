#include "tests/bench/relay_sockets.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

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

void NoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

int ListenOnLoopback(int& port) {
  const int listener = Socket();
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  ENTENTE_CHECK(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  ENTENTE_CHECK(listen(listener, 16) == 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

std::optional<Pair> AcceptFor(int listener, int target_port) {
  Pair pair;
  pair.in = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (pair.in < 0) return std::nullopt;
  pair.out = Socket();
  const sockaddr_in target = Loopback(target_port);
  if (connect(pair.out, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
    close(pair.in);
    close(pair.out);
    return std::nullopt;
  }
  NoDelay(pair.in);
  NoDelay(pair.out);
  return pair;
}

bool SendAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace entente::bench
