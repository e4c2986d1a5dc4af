// What the peers' two sources say in the same words.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "node/base/error.h"
#include "node/sync/contact/actions.h"

namespace entente::rpc {

// How a contact compared: M0 to M3; empty before anything was.
inline std::string ModeWord(sync::Mode mode) {
  constexpr const char* kWords[] = {"", "M0", "M1", "M2", "M3"};
  return kWords[static_cast<size_t>(mode)];
}

inline absl::Status PeerPaused() {
  return base::Error(absl::StatusCode::kUnavailable, "PEER_PAUSED",
                     "paused here; entente peer resume lets it go on");
}

}  // namespace entente::rpc
