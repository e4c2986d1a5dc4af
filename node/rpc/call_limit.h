// How many calls one peer may have open at a time, and how many bytes they may hold: what a call
// keeps until it ends (a request, a reply that nobody reads, a place in the queue) is bounded by
// this for each peer, however many connections it makes. A peer's only call is always let in.
#pragma once

#include <cstddef>
#include <map>
#include <memory>

#include "node/base/id.h"
#include "node/base/mutex.h"

namespace entente::rpc {

class CallLimit {
 public:
  CallLimit(size_t calls_max, size_t bytes_max) : calls_max_(calls_max), bytes_max_(bytes_max) {}

  // A place for one call, given back when it is let go of; may outlive this. Null: all are taken.
  std::shared_ptr<const void> Take(const base::Spki& peer, size_t bytes) {
    base::MutexLock lock(open_->mutex);
    Held& held = open_->peers[peer];
    if (held.calls > 0 && (held.calls >= calls_max_ || held.bytes + bytes > bytes_max_)) {
      return nullptr;
    }
    ++held.calls;
    held.bytes += bytes;
    return std::shared_ptr<const void>(this, [open = open_, peer, bytes](const void*) {
      base::MutexLock leaving(open->mutex);
      auto at = open->peers.find(peer);
      at->second.bytes -= bytes;
      if (--at->second.calls == 0) open->peers.erase(at);
    });
  }

 private:
  struct Held {
    size_t calls = 0, bytes = 0;
  };
  struct Open {
    base::Mutex mutex;
    std::map<base::Spki, Held> peers ABSL_GUARDED_BY(mutex);
  };

  const size_t calls_max_, bytes_max_;
  const std::shared_ptr<Open> open_ = std::make_shared<Open>();
};

}  // namespace entente::rpc
