// Two nodes that can dial each other may begin at once, and then each contact would ask for and
// push the same entries. Which of the crossing contacts moves data is agreed with Hello: its answer
// says yield where the callee's own contact leads. One object per peer, kept by whoever keeps the
// contacts; no clock, no lock.
//
// Rules
//  1. A contact leads from the answer to its Hello (which found a difference and did not say yield)
//  until it is caught up. While it leads, a Hello of the peer is answered with yield.
//  2. Both have said Hello and neither has its answer: the node with the smaller key leads. It
//  answers yield; the other one lets the Hello pass and gives its own contact up (cedes). A node
//  whose own Hello has no connection yet cedes in any case: it may be calling where nobody is.
//  3. While a live contact is held, what is new travels on it, and a second contact of either side
//  yields. One that insists (things differ although the live contact had time) does not.
//
// At most one of the two leads; whoever yields tries again after a while, so nobody waits for a
// peer that died. Who leads knows it from its own state alone: nothing has to be taken back when it
// ends.
#pragma once

#include "node/sync/contact/goodput.h"

namespace entente::sync {

class Crossing {
 public:
  // `smaller`: this node's key is the smaller of the two.
  explicit Crossing(bool smaller) : smaller_(smaller) {}

  // Our contact says Hello. One exchange at a time; a live contact may stand beside it.
  void Ask() { own_ = Own::kAsking; }
  // Its answer came, the two differ, and the peer did not say yield: may it move data? If not, the
  // contact ends.
  bool Lead(bool insist);
  // It has everything and is held open.
  void Live();
  // It ended, whichever way. `live`: the one that was held open.
  void Over(bool live);

  // A Hello of the peer found a difference: may the peer's contact move data? If not, the answer is
  // yield. `connected`: our own Hello is on a connection, not still looking for one.
  bool Grant(bool insist, bool connected);

  bool leads() const { return own_ == Own::kLeading; }

 private:
  enum class Own : uint8_t { kNone, kAsking, kCeded, kLeading };

  const bool smaller_;
  Own own_ = Own::kNone;
  bool live_ = false;
};

// How long whoever yielded waits before it says Hello again, unless it hears sooner that the other
// contact is done: 200 ms, doubled each time up to 10 s. From the fourth time on it insists.
Millis AfterYield(int yields);
inline constexpr int kYieldsBeforeInsisting = 3;

}  // namespace entente::sync
