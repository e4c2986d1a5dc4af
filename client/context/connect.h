// The way to the node: a Unix socket, nothing else. The node trusts whoever may open the socket, so
// a network address is refused before anything is sent.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/context/channel.h"

namespace entente::client {

// --node, else ENTENTE_NODE, else the socket of this user's own node, else the machine's.
std::string DefaultNode();

// "unix:PATH" or "unix:///PATH" to PATH. USAGE for HOST:PORT or a path longer than a socket allows.
absl::StatusOr<std::string> SocketPath(absl::string_view node);

// A channel, or NODE_UNREACHABLE with what to do. Does not wait: a missing socket is seen at once.
absl::StatusOr<std::unique_ptr<Channel>> Connect(absl::string_view node);

}  // namespace entente::client
