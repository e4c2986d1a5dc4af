// A frame as it comes off the wire: the message, zstd, elision.
#include "node/sync/frame/notes_frame.h"
#include "tests/fuzz/frame_checks.h"

namespace entente::fuzz {

FUZZ_TARGET(frame, input) {
  v1::Frame frame;
  if (!frame.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  const absl::Status notes = sync::CheckNotes(frame.notes());
  if (notes.ok()) FUZZ_CHECK(frame.notes_size() <= static_cast<int>(sync::kFrameNotesMax));
  if (sync::IsSignOfLife(frame)) FUZZ_CHECK(frame.notes().empty() && frame.body().empty());
  if (auto entries = sync::DecodeFrame(frame); entries.ok()) CheckDecoded(frame, *entries);
}

}  // namespace entente::fuzz
