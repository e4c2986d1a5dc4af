// Contents of attachments in a pass that a person asked for: the last class, over the connection of
// the contact before it, within what that left of the pass's limits. Who moves them is a room above
// this one (node/rpc/attachment).
#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

#include "absl/status/status.h"
#include "node/base/id.h"

namespace entente::rpc {

struct ContentsSize {
  uint64_t contents = 0;
  uint64_t bytes = 0;  // of the contents themselves
};

struct ContentsMoved {
  // CANCELLED: `go_on` ended it. That a limit is reached is no failure.
  absl::Status status;
  // Of messages, both ways; and the contents' bytes among them that are on disk at their new place.
  uint64_t sent = 0, received = 0;
  ContentsSize to_send, to_receive;  // found when it began
  uint64_t content_sent = 0, content_received = 0;
  uint64_t whole_sent = 0, whole_received = 0;  // contents of which nothing is left
  uint32_t round_trips = 0;
  bool cut_short = false;  // by a limit: there is more
  bool left_out = false;   // by a limit, before it was all found: the four above are too low
};

struct ContentsLimits {
  bool plan = false;                                          // only find out, move nothing
  uint64_t max_bytes = std::numeric_limits<uint64_t>::max();  // of messages, both ways
  uint64_t until_ms = 0;                                      // steady clock; 0: none
  // On the caller's thread, before every call that moves something.
  std::function<bool(const ContentsMoved&)> go_on;
};

class Contents {
 public:
  virtual ~Contents() = default;
  // Both ways, once. `channel` is the peer's. The caller waits.
  virtual ContentsMoved Exchange(const base::Spki& peer, std::shared_ptr<grpc::Channel> channel,
                                 const ContentsLimits& limits) = 0;
  // What is wanted here and the peer may have, without asking it.
  virtual ContentsSize Wanted(const base::Spki& peer) = 0;
};

}  // namespace entente::rpc
