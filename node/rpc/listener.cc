#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/rpc/acceptor.h"
#include "node/rpc/tls/private_file.h"

namespace entente::rpc {

namespace {

constexpr int kBacklog = 512;

struct HostPort {
  std::string host;
  std::string port;
};

absl::StatusOr<HostPort> SplitAddress(absl::string_view address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", address,
                     "\" is not an address to listen on; write HOST:PORT, such as "
                     "0.0.0.0:7400 or [::]:7400"));
  }
  absl::string_view host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", address, "\": write an IPv6 address in brackets, such as [::1]:7400"));
  }
  return HostPort{base::Str(host), absl::StrCat(port)};
}

absl::Status BindError(const std::string& address, int error) {
  std::string remedy;
  if (error == EADDRINUSE) {
    remedy =
        "another program listens there (ss -ltnp shows which); stop it or give another --listen";
  } else if (error == EACCES) {
    remedy = "ports under 1024 need a privilege this node should not have; give a higher port";
  } else if (error == EADDRNOTAVAIL) {
    remedy = "this machine has no such address; give one of its own, or 0.0.0.0 for all";
  } else {
    remedy = "give another --listen";
  }
  return absl::FailedPreconditionError(
      absl::StrCat("cannot listen on ", address, ": ", strerror(error), "; ", remedy));
}

int PortOf(const sockaddr_storage& bound) {
  if (bound.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(bound).sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

// Whether somebody accepts connections on the socket file; FAILED_PRECONDITION when that cannot be
// told.
absl::StatusOr<bool> SomebodyListens(const std::string& path, const sockaddr_un& name) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return absl::FailedPreconditionError(absl::StrCat("no socket: ", strerror(errno)));
  const int result = connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  const int error = errno;
  close(fd);
  // EAGAIN: there is a listener and its queue is full.
  if (result == 0 || error == EAGAIN) return true;
  if (error == ECONNREFUSED || error == ENOENT) return false;
  return absl::FailedPreconditionError(
      absl::StrCat("cannot tell whether a node uses ", path, ": ", strerror(error)));
}

absl::Status ClearStale(const std::string& path, const sockaddr_un& name) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0) return absl::OkStatus();
  if (!S_ISSOCK(info.st_mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is there and is not a socket; move it away or give another --socket"));
  }
  ASSIGN_OR_RETURN(const bool is_used, SomebodyListens(path, name));
  if (is_used) {
    return absl::FailedPreconditionError(absl::StrCat(
        "another node already listens on ", path, "; stop it, or give this one another --socket"));
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot remove the stale socket ", path, ": ", strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace

Listener::Listener(int fd, std::string address, std::string socket_file)
    : fd_(fd), address_(std::move(address)), socket_file_(std::move(socket_file)) {}

Listener::~Listener() {
  // The file first: while we still listen nobody takes the name for stale and puts their own there.
  if (!socket_file_.empty()) unlink(socket_file_.c_str());
  close(fd_);
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Tcp(absl::string_view address) {
  ASSIGN_OR_RETURN(const HostPort wanted, SplitAddress(address));
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int lookup = getaddrinfo(wanted.host.empty() ? nullptr : wanted.host.c_str(),
                                 wanted.port.c_str(), &hints, &found);
  if (lookup != 0) {
    return absl::InvalidArgumentError(absl::StrCat("cannot listen on ", address, ": ",
                                                   gai_strerror(lookup),
                                                   "; give an address of this machine"));
  }
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> chosen(found, freeaddrinfo);
  const int fd = socket(chosen->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return BindError(base::Str(address), errno);
  // Owned from here: an early return closes it.
  std::unique_ptr<Listener> listener(new Listener(fd, "", ""));
  const int on = 1, off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
             sizeof(on));  // a restart need not wait out TIME_WAIT
  if (chosen->ai_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));  // [::] takes IPv4 too
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (bind(fd, chosen->ai_addr, chosen->ai_addrlen) != 0 || listen(fd, kBacklog) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return BindError(base::Str(address), errno);
  }
  listener->port_ = PortOf(bound);
  listener->address_ = absl::StrCat(address.substr(0, address.rfind(':')), ":", listener->port_);
  return listener;
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Unix(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(name.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat("the socket path \"", path, "\" has ",
                                                   path.size(), " bytes; the system takes 1 to ",
                                                   sizeof(name.sun_path) - 1));
  }
  memcpy(name.sun_path, path.data(), path.size());
  const size_t slash = path.find_last_of('/');
  RETURN_IF_ERROR(MakePrivateDirectory(slash == std::string::npos ? "." : path.substr(0, slash)));
  RETURN_IF_ERROR(ClearStale(path, name));
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return BindError(path, errno);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0) {
    const int error = errno;
    close(fd);
    return BindError(path, error);
  }
  std::unique_ptr<Listener> listener(new Listener(fd, absl::StrCat("unix:", path), path));
  if (chmod(path.c_str(), 0600) != 0 || listen(fd, kBacklog) != 0) return BindError(path, errno);
  return listener;
}

}  // namespace entente::rpc
