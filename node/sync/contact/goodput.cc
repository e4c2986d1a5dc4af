#include "node/sync/contact/goodput.h"

#include <algorithm>

#include "node/sync/frame/frame.h"

namespace entente::sync {

namespace {

constexpr double kFrameSeconds = 0.25;
constexpr size_t kSampleBytesMin = 1024;
// Weight of the newest sample in the running mean.
constexpr double kWeight = 0.25;

// First guesses: a local link, a wired one, a bad one.
constexpr Millis kLocalRoundTrip = 20;
constexpr Millis kWiredRoundTrip = 300;
constexpr size_t kWiredFrameBytes = 64 << 10;

}  // namespace

void Goodput::Measured(size_t bytes, Millis elapsed) {
  if (bytes < kSampleBytesMin) return;
  double rate =
      static_cast<double>(bytes) * 1000.0 / static_cast<double>(std::max<Millis>(1, elapsed));
  rate_ = rate_ == 0 ? rate : rate_ + kWeight * (rate - rate_);
}

size_t Goodput::FrameBytes() const {
  if (rate_ == 0) {
    if (round_trip_ < 0) return kWiredFrameBytes;
    if (round_trip_ < kLocalRoundTrip) return kFrameBytesMax;
    return round_trip_ < kWiredRoundTrip ? kWiredFrameBytes : kSlowFrameBytes;
  }
  double wish = std::clamp(rate_ * kFrameSeconds, double{kFrameBytesMin}, double{kFrameBytesMax});
  size_t bytes = static_cast<size_t>(wish);
  return rate_ < kSlowBytesPerSecond ? std::min(bytes, kSlowFrameBytes) : bytes;
}

}  // namespace entente::sync
