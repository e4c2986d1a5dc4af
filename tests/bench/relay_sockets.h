// What the relays of benches and fault tests have in common: TCP on loopback.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace entente::bench {

// A listening socket on a port of the system's choice, which `port` then holds. The caller closes.
int ListenOnLoopback(int& port);
// Takes what knocks at the listener, and connects to the target for it; nothing may wait in either
// for more. Nothing: one of the two failed. The caller closes both.
struct Pair {
  int in = -1, out = -1;
};
std::optional<Pair> AcceptFor(int listener, int target_port);
// False: the other end has gone.
bool SendAll(int fd, absl::string_view bytes);

}  // namespace entente::bench
