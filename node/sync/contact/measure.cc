// What runs would take on the wire.
#include "node/base/status_macros.h"
#include "node/sync/frame/frame_source.h"
#include "node/sync/frame/order.h"

namespace entente::sync {

namespace {

// Entries of a class that are made into frames; the rest is taken to be like them.
constexpr uint64_t kSampleEntries = 1024;
constexpr size_t kSampleFrameBytes = 64 << 10;

}  // namespace

absl::StatusOr<Sizes> MeasureRuns(Host& host, const InstrumentId& instrument,
                                  const std::vector<Run>& runs) {
  Sizes sizes;
  for (size_t at = 0; at < runs.size();) {
    const WireClass wire_class = runs[at].wire_class;
    size_t end = at;
    uint64_t entries = 0;
    for (; end < runs.size() && runs[end].wire_class == wire_class; ++end)
      entries += runs[end].entries();
    PathFrames frames(&host, instrument, [&]() -> std::optional<Run> {
      if (at == end) return std::nullopt;
      return runs[at++];
    });
    uint64_t sampled = 0, bytes = 0;
    while (sampled < kSampleEntries) {
      ASSIGN_OR_RETURN(std::optional<v1::Frame> frame, frames.Next(kSampleFrameBytes));
      if (!frame) {
        entries = sampled;
        break;
      }
      sampled += frame->entries();
      bytes += frame->ByteSizeLong();
    }
    at = end;
    if (sampled == 0) continue;
    ClassSize& size = sizes[wire_class];
    size.entries += entries;
    size.bytes += sampled >= entries ? bytes : bytes * entries / sampled;
  }
  return sizes;
}

}  // namespace entente::sync
