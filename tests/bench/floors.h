// What the machine can do without us: the figures the benchmarks are compared with.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace entente::bench {

// Puts of 1 KiB a second into a RocksDB as it comes, in batches of 256, each synced.
absl::StatusOr<double> RawBatchRate(const std::string& dir, size_t puts);

// Rounds a second of one thread that signs (Ed25519) and writes 1 KiB, synced.
absl::StatusOr<double> SignAndWriteRate(const std::string& dir, double seconds);

// Signatures a second of one thread over messages of an entry's size.
double SignRate(double seconds);

}  // namespace entente::bench
