#include "node/runtime/random.h"

#include <errno.h>
#include <sys/random.h>

#include "node/base/bytes.h"
#include "node/base/check.h"

namespace entente::runtime {

std::string RandomBytes(size_t count) {
  std::string out(count, '\0');
  size_t filled = 0;
  while (filled < count) {
    const ssize_t got = getrandom(out.data() + filled, count - filled, 0);
    ENTENTE_CHECK(got > 0 || errno == EINTR);
    if (got > 0) filled += static_cast<size_t>(got);
  }
  return out;
}

uint64_t RandomU64() { return base::ReadU64(RandomBytes(8)); }

double RandomUnit() {
  constexpr double kSteps = 9007199254740992.0;  // 2^53: every step is exact in a double
  return static_cast<double>(RandomU64() >> 11) / kSteps;
}

}  // namespace entente::runtime
