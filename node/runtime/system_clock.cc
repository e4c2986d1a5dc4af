#include "node/runtime/system_clock.h"

#include <time.h>

#include "node/base/check.h"

namespace entente::runtime {

namespace {
uint64_t ReadMs(clockid_t id) {
  timespec now{};
  ENTENTE_CHECK(clock_gettime(id, &now) == 0);
  return static_cast<uint64_t>(now.tv_sec) * 1000 + static_cast<uint64_t>(now.tv_nsec) / 1000000;
}
}  // namespace

uint64_t SystemClock::WallMs() const { return ReadMs(CLOCK_REALTIME); }
uint64_t SystemClock::SteadyMs() const { return ReadMs(CLOCK_MONOTONIC); }

}  // namespace entente::runtime
