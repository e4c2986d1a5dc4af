// The columns of a frame without the compression around them, which few mutations survive.
// Input: entries u16, size of the columns u16, body.
#include "node/sync/frame/zstd_stream.h"
#include "tests/fuzz/frame_checks.h"

namespace entente::fuzz {

FUZZ_TARGET(frame_body, input) {
  Choices choices(input);
  v1::Frame frame;
  frame.set_instrument(std::string(32, 'i'));
  frame.set_entries(choices.Short() % 1024);
  frame.set_meta_size(choices.Short());
  const absl::string_view body = choices.Rest();
  frame.set_body_size(static_cast<uint32_t>(body.size()));
  sync::ZstdWriter zstd;
  frame.set_body(zstd.Finish(body));
  frame.set_signatures(std::string(frame.entries() * ledger::kSignatureBytes, 's'));
  if (auto entries = sync::DecodeFrame(frame); entries.ok()) CheckDecoded(frame, *entries);
  const auto decoded = sync::ZstdDecode(frame.body(), body.size());
  FUZZ_CHECK(decoded.ok() && *decoded == body);
}

}  // namespace entente::fuzz
