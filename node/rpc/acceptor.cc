#include "node/rpc/acceptor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/runtime/log.h"

namespace entente::rpc {

namespace {

constexpr int kRestMs = 50;   // after running out of descriptors
constexpr int kShedMax = 64;  // connections turned away before each rest
// What is sent and not acknowledged for so long has no other end any more. A live Pull says
// something every 8 s, so a cut is noticed within 26 s here, as it is by whoever dialled. gRPC
// would set this on sockets it accepts itself.
constexpr unsigned kUnacknowledgedMs = 18'000;
constexpr char kLoopback[] = "loopback";

// The key connections are counted by. One household or attacker holds a whole IPv6 /64, so that is
// one source.
std::string SourceOf(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) {
    const uint32_t ip = ntohl(reinterpret_cast<const sockaddr_in&>(peer).sin_addr.s_addr);
    return ip >> 24 == 127 ? kLoopback : absl::StrCat("ip4:", ip);
  }
  if (peer.ss_family == AF_INET6) {
    const in6_addr& ip = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&ip)) {
      sockaddr_storage mapped{};
      mapped.ss_family = AF_INET;
      memcpy(&reinterpret_cast<sockaddr_in&>(mapped).sin_addr, ip.s6_addr + 12, 4);
      return SourceOf(mapped);
    }
    if (IN6_IS_ADDR_LOOPBACK(&ip)) return kLoopback;
    return "ip6:" + std::string(reinterpret_cast<const char*>(ip.s6_addr), 8);
  }
  return kLoopback;  // a Unix socket
}

// For people.
std::string AddressOf(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = "unix";
  if (peer.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(peer).sin_addr, text, sizeof text);
  } else if (peer.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, text, sizeof text);
  }
  return text;
}

uint64_t InodeOf(int fd) {
  struct stat info {};
  return fstat(fd, &info) == 0 ? info.st_ino : 0;
}

// Descriptors are given out lowest first, so a high number says that few are left.
bool IsAmongLast(int fd) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return false;
  const rlim_t kept = std::min<rlim_t>(256, limit.rlim_cur / 4);
  return static_cast<rlim_t>(fd) >= limit.rlim_cur - kept;
}

int OpenSpare() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Start(std::unique_ptr<Listener> listener,
                                                          const Limits& limits, Handler handler) {
  const int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int spare_fd = OpenSpare();
  if (wake_fd < 0 || spare_fd < 0) {
    const int error = errno;
    if (wake_fd >= 0) close(wake_fd);
    if (spare_fd >= 0) close(spare_fd);
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot accept connections on ", listener->address(), ": ", strerror(error),
        "; raise the limit of open files (LimitNOFILE=65536 in the service, or ulimit -n)"));
  }
  return std::unique_ptr<Acceptor>(
      new Acceptor(std::move(listener), limits, std::move(handler), wake_fd, spare_fd));
}

Acceptor::Acceptor(std::unique_ptr<Listener> listener, const Limits& limits, Handler handler,
                   int wake_fd, int spare_fd)
    : listener_(std::move(listener)),
      address_(listener_->address()),
      port_(listener_->port()),
      limits_(limits),
      handler_(std::move(handler)),
      wake_fd_(wake_fd),
      spare_fd_(spare_fd) {
  base::MutexLock lock(join_mutex_);
  thread_ = std::thread([this] { Loop(); });
}

Acceptor::~Acceptor() {
  Stop();
  if (spare_fd_ >= 0) close(spare_fd_);
  close(wake_fd_);
}

void Acceptor::Stop() {
  const uint64_t one = 1;
  // Cannot fail: the counter is far from full. It stays readable, so every later wait ends at once.
  while (write(wake_fd_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  base::MutexLock lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void Acceptor::Loop() {
  while (Wait(/*for_connection=*/true, -1)) {
    if (!AcceptOne() && !Wait(/*for_connection=*/false, kRestMs)) break;
  }
  listener_.reset();
}

bool Acceptor::Wait(bool for_connection, int timeout_ms) {
  for (;;) {
    pollfd waits[2] = {{wake_fd_, POLLIN, 0}, {listener_->fd(), POLLIN, 0}};
    const int ready = poll(waits, for_connection ? 2 : 1, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    return waits[0].revents == 0;
  }
}

bool Acceptor::AcceptOne() {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  const int fd = accept4(listener_->fd(), reinterpret_cast<sockaddr*>(&peer), &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    switch (errno) {
      case EAGAIN:
      case EINTR:
      case ECONNABORTED:
      case EPROTO:
        return true;  // that connection went away; the next one may be good
      default:
        runtime::LogEvery("accept_failed", absl::Seconds(10), runtime::LogLevel::kError,
                          "accept_failed", {{"address", address_}, {"error", strerror(errno)}});
        Shed();
        return false;
    }
  }
  const std::string source = SourceOf(peer);
  if (const char* why = WhyNot(fd, source)) {
    close(fd);
    runtime::LogEvery("connection_refused", absl::Seconds(10), runtime::LogLevel::kWarning,
                      "connection_refused",
                      {{"address", address_}, {"source", AddressOf(peer)}, {"reason", why}});
    return true;
  }
  Remember(fd, source);
  if (peer.ss_family != AF_UNIX) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnacknowledgedMs, sizeof(kUnacknowledgedMs));
  }
  handler_(listener_->fd(), fd);
  return true;
}

const char* Acceptor::WhyNot(int fd, const std::string& source) {
  if (IsAmongLast(fd)) return "few file descriptors are left";
  const int source_max = source == kLoopback ? limits_.per_loopback_max : limits_.per_source_max;
  const auto is_full = [&] {
    auto count = per_source_.find(source);
    return (count != per_source_.end() && count->second >= source_max) ||
           connections_.size() >= static_cast<size_t>(limits_.total_max);
  };
  if (!is_full()) return nullptr;
  ForgetEnded();
  return is_full() ? "too many connections from one source, or in all" : nullptr;
}

void Acceptor::Remember(int fd, const std::string& source) {
  // The kernel gave this number out anew, so an older connection under it has ended.
  if (auto old = connections_.find(fd); old != connections_.end()) Forget(old);
  connections_[fd] = {InodeOf(fd), source};
  ++per_source_[source];
}

void Acceptor::Forget(std::map<int, Connection>::iterator connection) {
  auto count = per_source_.find(connection->second.source);
  if (--count->second == 0) per_source_.erase(count);
  connections_.erase(connection);
}

void Acceptor::ForgetEnded() {
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto current = next++;
    if (InodeOf(current->first) != current->second.inode) Forget(current);
  }
}

void Acceptor::Shed() {
  if (spare_fd_ >= 0) close(spare_fd_);
  spare_fd_ = -1;
  for (int i = 0; i < kShedMax; ++i) {
    const int fd = accept4(listener_->fd(), nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) break;
    close(fd);
  }
  spare_fd_ = OpenSpare();
}

}  // namespace entente::rpc
