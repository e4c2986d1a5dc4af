// Notes that became held here after a peer was last told: the live way authority travels, ahead of
// entries.
#pragma once

#include <string>
#include <vector>

#include "node/sync/frontier/host.h"

namespace entente::sync {

class AuthorityNews {
 public:
  // The peer holds what this node holds now.
  AuthorityNews(Host* host, const InstrumentId& instrument);

  // Note files new since the last call, ancestors first; usually none, and then cheap. A note that
  // came from the peer itself is given back once, which does nothing there.
  std::vector<std::string> Take();

 private:
  Host* host_;
  InstrumentId instrument_;
  uint64_t generation_;
  base::Digest digest_;
  std::vector<NoteId> leaves_, suspends_;
};

}  // namespace entente::sync
