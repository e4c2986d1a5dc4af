// A TCP relay on 127.0.0.1 that passes on so many bytes of what one side sends, to the byte, and
// then breaks the connection both ways. Of what is inside TLS it sees where a record ends, and a
// record that is not full ends what was written at once: mostly a whole frame.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "node/base/mutex.h"

namespace entente::bench {

enum class Side : uint8_t { kCaller, kCallee };

struct Cut {
  Side from = Side::kCallee;
  uint64_t after = 0;    // bytes of one connection from that side
  bool between = false;  // not there, but after the next record that is not full, if one is near
};

class CuttingProxy {
 public:
  // Relays every connection to its port to `target_port` of the same machine.
  explicit CuttingProxy(int target_port);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  int port() const { return port_; }
  // The next connection is cut so; none after it, until this is called again.
  void CutNext(const Cut& cut);
  // Bytes that were passed on, so far.
  uint64_t bytes(Side from) const { return bytes_[static_cast<size_t>(from)]; }
  int cuts() const { return cuts_; }  // connections

 private:
  struct Link;
  void Run();
  void Accept();
  // False: the connection is over.
  bool Relay(Link& link, Side from);

  const int target_port_;
  int listener_ = -1, wake_[2] = {-1, -1};
  int port_ = 0;
  std::list<Link> links_;  // the thread's own
  std::atomic<uint64_t> bytes_[2] = {0, 0};
  std::atomic<int> cuts_{0};
  base::Mutex mutex_;
  bool armed_ ABSL_GUARDED_BY(mutex_) = false;
  Cut next_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace entente::bench
