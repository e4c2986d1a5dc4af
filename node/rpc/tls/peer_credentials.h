// Who is at the other end of a connection: mutual TLS without an authority. Both sides present a
// node certificate (identity.h); the handshake proves the key, and a verifier that runs on every
// connection, resumed ones too, asks whether that key may be there. Nobody unknown gets as far as
// one byte of HTTP/2.
//
// The answer is good for the moment of the handshake only: streams outlive membership, so services
// ask again per batch, with PeerSpki.
#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_context.h>

#include <memory>
#include <optional>

#include "node/base/id.h"
#include "node/rpc/tls/identity.h"

namespace entente::rpc {

// Which nodes may connect. Called on gRPC's own threads, at any time: thread-safe, and quick (a
// look-up).
class Membership {
 public:
  virtual ~Membership() = default;
  virtual bool Admits(const base::Spki& spki) const = 0;
};

// A client certificate is demanded, its chain is not looked at (it has none), and the node is asked
// of `membership`, which the credentials share.
std::shared_ptr<grpc::ServerCredentials> PeerServerCredentials(
    const Identity& identity, std::shared_ptr<const Membership> membership);

// Presents `identity`; refuses any server but the node named `expected`, whatever its address or
// host name.
std::shared_ptr<grpc::ChannelCredentials> PeerChannelCredentials(const Identity& identity,
                                                                 const base::Spki& expected);

// The node at the other end of a call on a peer server: from the TLS handshake, never from the
// request. Nothing when the call did not come over mutual TLS.
std::optional<base::Spki> PeerSpki(const grpc::ServerContextBase& context);

}  // namespace entente::rpc
