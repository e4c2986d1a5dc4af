// CHECK(condition): the process stops when one of our own invariants is broken. Stays on in
// release. For programmer errors only, never for input: input gets a Status or a Verdict.
#pragma once

namespace entente::base {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace entente::base

#define ENTENTE_CHECK(condition)                                    \
  do {                                                              \
    if (!(condition)) [[unlikely]]                                  \
      ::entente::base::CheckFailed(#condition, __FILE__, __LINE__); \
  } while (false)
