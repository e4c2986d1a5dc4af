// Unpredictable bytes from the kernel: session nonces, store ids, back-off jitter. Anything that
// must be repeatable takes a seeded generator instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace entente::runtime {

// The process stops when the kernel cannot give randomness: nothing safe can be done without it.
std::string RandomBytes(size_t count);
uint64_t RandomU64();
// Uniform in [0, 1).
double RandomUnit();

}  // namespace entente::runtime
