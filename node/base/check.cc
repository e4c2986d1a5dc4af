#include "node/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace entente::base {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "entente: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace entente::base
