// Headers of tar archives, and paths of packs.
#include "client/audit/pack_files.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(tar_header, input) {
  const auto entry = client::ParseTarHeader(input);
  if (!entry.ok()) return;
  FUZZ_CHECK(input.size() == 512 && entry->path.size() <= 256);
  FUZZ_CHECK(!entry->folder || entry->size == 0);
}

}  // namespace entente::fuzz
