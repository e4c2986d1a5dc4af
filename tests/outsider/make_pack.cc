// Writes an honest pack of a made-up register: `make_pack PATH ENTRIES [STEP]`. PATH ends in "/"
// for a folder. Beside it stand the policy an outsider trusts, PATH.policy, and the instrument's
// fingerprint, PATH.pin.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/register_world.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: make_pack PATH ENTRIES [STEP]\n");
    return 2;
  }
  const entente::support::RegisterWorld world(std::strtoull(argv[2], nullptr, 10),
                                              argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 100);
  std::string path = argv[1];
  auto sink = entente::client::NewPack(path);
  absl::Status status = sink.ok() ? world.Write(**sink) : sink.status();
  if (!status.ok()) {
    std::fprintf(stderr, "make_pack: %s\n", status.ToString().c_str());
    return 9;
  }
  if (path.back() == '/') path.pop_back();
  std::ofstream(path + ".policy") << entente::tlog::PolicyText(world.policy());
  std::ofstream(path + ".pin") << world.instrument().ToHex() << "\n";
  return 0;
}
