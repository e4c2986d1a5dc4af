// Prints the payloads the benchmarks sign, for the systems they are compared with: payloads COUNT.
// Each with its length in front, 4 bytes, big-endian.
#include <cstdio>
#include <cstdlib>

#include "node/base/bytes.h"
#include "tests/bench/generator.h"
#include "tests/bench/world.h"

int main(int argc, char** argv) {
  using namespace entente;
  if (argc != 2) return 2;
  bench::Generator generator(bench::kSeed);
  const uint64_t count = std::strtoull(argv[1], nullptr, 10);
  for (uint64_t n = 0; n < count; ++n) {
    const std::string payload = generator.Report(bench::kPartyCode, n);
    std::string out;
    base::AppendU32(out, static_cast<uint32_t>(payload.size()));
    out += payload;
    if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return 1;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
