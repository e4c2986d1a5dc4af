// The clock port. Real time enters the node here and nowhere else (node/runtime/system_clock.h);
// tests and the simulator bring their own. Milliseconds, because that is what stamps on the wire
// hold.
#pragma once

#include <cstdint>

namespace entente::base {

class Clock {
 public:
  virtual ~Clock() = default;
  // Unix milliseconds. May jump either way; nothing that decides an entry's status reads it.
  virtual uint64_t WallMs() const = 0;
  // Milliseconds since an arbitrary start; never goes back. For intervals.
  virtual uint64_t SteadyMs() const = 0;
};

}  // namespace entente::base
