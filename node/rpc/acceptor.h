// The listening socket and its accept loop, in place of gRPC's own: in gRPC 1.51 one failed
// accept() (too many open files, which anyone can cause without a certificate; CVE-2023-4785) ends
// listening for good. Here it is a pause.
//
// Invariants
//  1. The loop ends only by Stop(). Out of descriptors: one waiting connection is turned away with
//     the spare descriptor kept for this, then the loop rests a moment and goes on.
//  2. Some descriptors are always left for the store and for calls to peers: a connection that
//     would take one of the last ones is closed.
//  3. At most `per_source_max` connections stand open from one source (an IPv4 address, an IPv6
//     /64), at most `per_loopback_max` from the machine itself, at most `total_max` in all; the
//     rest are closed on arrival.
//  4. Every accepted descriptor is handed on or closed.
#pragma once

#include <sys/socket.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/mutex.h"

namespace entente::rpc {

// A bound, listening socket. Closed on destruction; a Unix socket's file is removed.
class Listener {
 public:
  // "HOST:PORT", "[IPV6]:PORT"; port 0 takes any free port. INVALID_ARGUMENT: not an address.
  // FAILED_PRECONDITION: the port is in use, not allowed, or the address is not of this machine.
  static absl::StatusOr<std::unique_ptr<Listener>> Tcp(absl::string_view address);

  // A Unix socket. The directory is made with mode 0700 or checked to be so. A socket file nobody
  // listens on is left from a crash and is replaced; one where somebody answers is
  // FAILED_PRECONDITION.
  static absl::StatusOr<std::unique_ptr<Listener>> Unix(const std::string& path);

  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int fd() const { return fd_; }
  // As bound: "127.0.0.1:7400", "[::1]:7400", "unix:/run/entente/node.sock".
  const std::string& address() const { return address_; }
  int port() const { return port_; }  // 0 for a Unix socket

 private:
  Listener(int fd, std::string address, std::string socket_file);

  const int fd_;
  std::string address_;
  int port_ = 0;
  const std::string socket_file_;  // empty for TCP
};

class Acceptor {
 public:
  struct Limits {
    int per_source_max = 16;
    int per_loopback_max = 256;  // also what comes over a Unix socket
    int total_max = 1024;
  };
  // Takes ownership of `fd` (non-blocking, close-on-exec). Called on the loop's thread.
  using Handler = std::function<void(int listener_fd, int fd)>;

  // Starts the loop. FAILED_PRECONDITION when the process is already out of descriptors.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(std::unique_ptr<Listener> listener,
                                                         const Limits& limits, Handler handler);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  // No connection is accepted after this; those handed on stay. Closes the listener. Safe to call
  // twice.
  void Stop();

  const std::string& address() const { return address_; }
  int port() const { return port_; }

 private:
  // A connection as it was handed on. gRPC closes it without telling; the inode tells whether the
  // descriptor still is that socket.
  struct Connection {
    uint64_t inode;
    std::string source;
  };

  Acceptor(std::unique_ptr<Listener> listener, const Limits& limits, Handler handler, int wake_fd,
           int spare_fd);

  void Loop();
  // False when the loop should rest: nothing can be accepted for want of a resource.
  bool AcceptOne();
  // Waits for a connection (no time-out: -1) or, without the listener, for time to pass. False:
  // Stop was called.
  bool Wait(bool for_connection, int timeout_ms);
  // Why this connection is closed on arrival; nothing when it may stay.
  const char* WhyNot(int fd, const std::string& source);
  void Remember(int fd, const std::string& source);
  void Forget(std::map<int, Connection>::iterator connection);
  void ForgetEnded();
  // Turns waiting connections away with the spare descriptor.
  void Shed();

  std::unique_ptr<Listener> listener_;  // the loop's until it ended
  const std::string address_;
  const int port_;
  const Limits limits_;
  const Handler handler_;
  const int wake_fd_;  // eventfd; readable once Stop was called
  int spare_fd_;       // the loop's; -1 while it is lent
  // The loop's. Bounded by the number of descriptors a process may have.
  std::map<int, Connection> connections_;
  std::map<std::string, int> per_source_;
  base::Mutex join_mutex_;
  std::thread thread_ ABSL_GUARDED_BY(join_mutex_);
};

}  // namespace entente::rpc
