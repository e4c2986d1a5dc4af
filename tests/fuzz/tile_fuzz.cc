// Tile paths, hash tiles and entry bundles: one spelling each. The first byte is the width asked
// for.
#include "node/base/bytes.h"
#include "node/tlog/tile.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(tile, input) {
  if (const auto tile = tlog::ParseTilePath(input)) {
    FUZZ_CHECK(tlog::TilePath(*tile) == input);
    FUZZ_CHECK(tile->width >= 1 && tile->width <= tlog::kTileWidth && tile->level <= 63);
  }
  Choices choices(input);
  const uint32_t width = choices.Byte();
  const absl::string_view bytes = choices.Rest();
  if (const auto hashes = tlog::DecodeHashTile(bytes, width)) {
    FUZZ_CHECK(hashes->size() == width && tlog::EncodeHashTile(*hashes) == bytes);
  }
  if (const auto leaves = tlog::DecodeEntryBundle(bytes, width)) {
    FUZZ_CHECK(leaves->size() == width && tlog::EncodeEntryBundle(*leaves) == bytes);
  }
}

}  // namespace entente::fuzz
