#include "node/rpc/peer/peer_gate.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/rpc/tls/peer_credentials.h"
#include "node/runtime/log.h"

namespace entente::rpc {

namespace {

constexpr size_t kWhyBytesMax = 300;

absl::StatusOr<base::Spki> CallerOf(const grpc::ServerContextBase& context) {
  const std::optional<base::Spki> peer = PeerSpki(context);
  if (peer) return *peer;
  return base::Error(absl::StatusCode::kUnauthenticated, "PEER_UNKNOWN",
                     "no node certificate was presented");
}

}  // namespace

absl::StatusOr<PeerGate::Admitted> PeerGate::Arriving(const grpc::ServerContextBase& context) {
  ASSIGN_OR_RETURN(const base::Spki peer, CallerOf(context));
  std::shared_ptr<const void> place = arriving_.Take(peer, 0);
  if (place == nullptr) {
    return Told(peer, "request",
                base::Error(absl::StatusCode::kResourceExhausted, "LIMIT_EXCEEDED",
                            absl::StrCat("of one peer at most ", bounds_.calls, " requests of ",
                                         service_, " may be under way; let some come in whole")));
  }
  return Admitted{peer, std::move(place)};
}

absl::StatusOr<PeerGate::Admitted> PeerGate::Admit(const grpc::CallbackServerContext& context,
                                                   size_t bytes) {
  ASSIGN_OR_RETURN(const base::Spki peer, CallerOf(context));
  RETURN_IF_ERROR(StillWelcome(peer));
  std::shared_ptr<const void> place = open_calls_.Take(peer, bytes);
  if (place == nullptr) {
    return Told(peer, "any",
                base::Error(absl::StatusCode::kResourceExhausted, "LIMIT_EXCEEDED",
                            absl::StrCat("of one peer at most ", bounds_.calls, " calls of ",
                                         service_, " that hold at most ", bounds_.bytes >> 20,
                                         " MiB may be open; end some and try again")));
  }
  return Admitted{peer, std::move(place)};
}

absl::Status PeerGate::StillWelcome(const base::Spki& peer) {
  if (!peers_.Paused(peer)) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kUnavailable, "PEER_PAUSED",
      "the node that was asked has paused the exchange with this one; try again later");
}

absl::Status PeerGate::Told(const base::Spki& peer, const char* call, absl::Status status) const {
  if (absl::IsInvalidArgument(status) || base::ReasonOf(status) == "LIMIT_EXCEEDED") {
    const std::string name = absl::StrCat(service_, ".", call);
    runtime::LogEvery(absl::StrCat("peer_fault/", peer.Short(), "/", name), absl::Seconds(10),
                      runtime::LogLevel::kWarning, "peer_fault",
                      {{"peer", peer.ToHex()},
                       {"call", name},
                       {"why", status.message().substr(0, kWhyBytesMax)}});
  }
  return status;
}

}  // namespace entente::rpc
