// Compressed bytes of a stranger: exactly the stated size comes out, or nothing.
// Input: stated size u16, body.
#include "node/sync/frame/zstd_stream.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(zstd, input) {
  Choices choices(input);
  const size_t size = size_t{choices.Short()} * 16;
  const auto decoded = sync::ZstdDecode(choices.Rest(), size);
  if (decoded.ok()) FUZZ_CHECK(decoded->size() == size && decoded->capacity() <= 2 * size + 64);
}

}  // namespace entente::fuzz
