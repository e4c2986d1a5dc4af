// Who may call a service that other nodes use, and what they are told to do otherwise: the one way
// in for all of them. A peer that breaks the rules is named in the log.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <limits>
#include <memory>

#include "absl/status/statusor.h"
#include "node/base/id.h"
#include "node/rpc/call_limit.h"
#include "node/rpc/peer/peers.h"

namespace entente::rpc {

class PeerGate {
 public:
  struct Bounds {  // of one peer's calls that are open at a time
    size_t calls = 0, bytes = 0;
  };
  // `service` names the calls in the log; `peers` outlives the gate.
  PeerGate(const char* service, Peers* peers, const Bounds& bounds)
      : service_(service),
        peers_(*peers),
        bounds_(bounds),
        arriving_(bounds.calls, std::numeric_limits<size_t>::max()),
        open_calls_(bounds.calls, bounds.bytes) {}

  struct Admitted {
    base::Spki peer;
    std::shared_ptr<const void> place;  // among the peer's open calls; held until the call ends
  };
  // A call whose request is still coming in (request_arrival.h). UNAUTHENTICATED without a key,
  // RESOURCE_EXHAUSTED when as many requests of the peer are under way as it may have calls open.
  absl::StatusOr<Admitted> Arriving(const grpc::ServerContextBase& context);
  // A call that holds so many bytes. UNAUTHENTICATED without a key, UNAVAILABLE while paused,
  // RESOURCE_EXHAUSTED when the peer's open calls are too many or hold too much.
  absl::StatusOr<Admitted> Admit(const grpc::CallbackServerContext& context, size_t bytes);
  // Again, for a call that goes on: UNAVAILABLE while paused.
  absl::Status StillWelcome(const base::Spki& peer);
  // Passes `status` on. What a peer did that it may not do: one line in ten seconds for each kind
  // of call of a peer.
  absl::Status Told(const base::Spki& peer, const char* call, absl::Status status) const;

 private:
  const char* const service_;
  Peers& peers_;
  const Bounds bounds_;
  CallLimit arriving_, open_calls_;
};

}  // namespace entente::rpc
