// entente_sim --seeds N [--first S]   many runs; ends with status 1 when one fails
// entente_sim --seed S [--trace]      one run, its events on standard output
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/simulation/simulator.h"

namespace {

volatile unsigned long long current_seed = 0;

void OnAbort(int) {
  std::fprintf(stderr, "aborted: entente_sim --seed %llu\n", current_seed);
  std::_Exit(134);
}

int Usage() {
  std::fprintf(stderr, "usage: entente_sim --seeds N [--first S] | --seed S [--trace]\n");
  return 2;
}

bool RunSeed(const entente::simulation::SimOptions& options, bool quiet) {
  current_seed = options.seed;
  const entente::simulation::SimResult result = entente::simulation::Simulate(options);
  const bool good = result.failures.empty();
  if (!quiet || !good) {
    std::printf(
        "seed %llu %s events %llu entries %llu acknowledged %llu notes %llu crashes %llu contacts "
        "%llu set aside or cut %llu checkpoints %llu cosignatures %llu\n",
        static_cast<unsigned long long>(options.seed), result.trace_hash.c_str(),
        static_cast<unsigned long long>(result.events),
        static_cast<unsigned long long>(result.entries),
        static_cast<unsigned long long>(result.acknowledged),
        static_cast<unsigned long long>(result.notes),
        static_cast<unsigned long long>(result.crashes),
        static_cast<unsigned long long>(result.contacts),
        static_cast<unsigned long long>(result.not_admitted),
        static_cast<unsigned long long>(result.checkpoints),
        static_cast<unsigned long long>(result.cosignatures));
  }
  if (good) return true;
  std::printf("FAILED: entente_sim --seed %llu   (%s)\n",
              static_cast<unsigned long long>(options.seed), result.parameters.c_str());
  for (const std::string& failure : result.failures) std::printf("  %s\n", failure.c_str());
  std::fflush(stdout);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  entente::simulation::SimOptions options;
  unsigned long long seeds = 0, first = 1;
  bool quiet = false;
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (std::strcmp(argv[i], "--trace") == 0) {
      options.trace = true;
    } else if (std::strcmp(argv[i], "--quiet") == 0) {
      quiet = true;
    } else if (std::strcmp(argv[i], "--seeds") == 0 && more) {
      seeds = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--first") == 0 && more) {
      first = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--seed") == 0 && more) {
      first = std::strtoull(argv[++i], nullptr, 10);
      seeds = 1;
    } else {
      return Usage();
    }
  }
  if (seeds == 0) return Usage();
  std::signal(SIGABRT, OnAbort);
  unsigned long long failed = 0;
  for (unsigned long long seed = first; seed < first + seeds; ++seed) {
    options.seed = seed;
    if (!RunSeed(options, quiet)) ++failed;
  }
  std::printf("%llu of %llu seeds clean\n", seeds - failed, seeds);
  return failed == 0 ? 0 : 1;
}
