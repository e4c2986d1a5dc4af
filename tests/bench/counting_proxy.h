// A TCP relay on 127.0.0.1 that counts what passes: bytes on the socket as peers see them, with
// TLS and HTTP/2 around the messages, without the headers of IP and TCP.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace entente::bench {

class CountingProxy {
 public:
  // Relays every connection to its port to `target_port` of the same machine.
  explicit CountingProxy(int target_port);
  ~CountingProxy();
  CountingProxy(const CountingProxy&) = delete;
  CountingProxy& operator=(const CountingProxy&) = delete;

  int port() const { return port_; }
  // Both ways, so far.
  uint64_t bytes() const { return bytes_; }
  uint64_t connections() const { return connections_; }

 private:
  void Run();

  const int target_port_;
  int listener_ = -1, wake_[2] = {-1, -1};
  int port_ = 0;
  std::atomic<uint64_t> bytes_{0}, connections_{0};
  std::thread thread_;
};

}  // namespace entente::bench
