// Simulated time and what happens in it. One event at a time, in the order of time and then of
// scheduling; every event and what it led to goes into the trace.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/id.h"
#include "node/crypto/sha256_stream.h"

namespace entente::simulation {

using Millis = int64_t;

class EventLoop {
 public:
  explicit EventLoop(bool print) : print_(print) {}

  Millis now() const { return now_; }
  uint64_t events() const { return events_; }

  void At(Millis when, std::function<void()> event) {
    queue_.emplace(std::pair(when < now_ ? now_ : when, next_++), std::move(event));
  }
  void After(Millis delay, std::function<void()> event) { At(now_ + delay, std::move(event)); }

  // False: nothing is left to happen before `until`.
  bool Step(Millis until) {
    if (queue_.empty() || queue_.begin()->first.first > until) return false;
    auto node = queue_.extract(queue_.begin());
    now_ = node.key().first;
    ++events_;
    node.mapped()();
    return true;
  }
  void Clear() { queue_.clear(); }

  template <class... Parts>
  void Trace(const Parts&... parts) {
    const std::string line = absl::StrCat(now_, " ", parts..., "\n");
    trace_.Add(line);
    if (print_) std::fputs(line.c_str(), stdout);
  }
  base::Digest Finish() { return trace_.Finish(); }

 private:
  const bool print_;
  Millis now_ = 0;
  uint64_t next_ = 0, events_ = 0;
  std::map<std::pair<Millis, uint64_t>, std::function<void()>> queue_;
  crypto::Sha256Stream trace_;
};

}  // namespace entente::simulation
