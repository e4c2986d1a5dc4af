#include "node/sync/contact/goodput.h"

#include <algorithm>

#include "node/sync/frame/frame.h"

namespace entente::sync {

namespace {

constexpr double kFrameSeconds = 0.25;
constexpr size_t kSampleBytesMin = 1024;
// Weight of the newest sample in the running mean. A line that became slower is believed sooner: on
// frames too large for it nothing arrives before the contact is given up as silent.
constexpr double kWeightFaster = 0.25, kWeightSlower = 0.75;

// First guesses: a local link, a wired one, a bad one.
constexpr Millis kLocalRoundTrip = 20;
constexpr Millis kWiredRoundTrip = 300;
constexpr size_t kWiredFrameBytes = 64 << 10;

size_t SizeAt(double rate) {
  const double wish =
      std::clamp(rate * kFrameSeconds, double{kFrameBytesMin}, double{kFrameBytesMax});
  const auto bytes = static_cast<size_t>(wish);
  return rate < kSlowBytesPerSecond ? std::min(bytes, kSlowFrameBytes) : bytes;
}

}  // namespace

void Goodput::Measured(size_t bytes, Millis elapsed) {
  if (bytes < kSampleBytesMin) return;
  double rate =
      static_cast<double>(bytes) * 1000.0 / static_cast<double>(std::max<Millis>(1, elapsed));
  const double weight = rate < rate_ ? kWeightSlower : kWeightFaster;
  rate_ = rate_ == 0 ? rate : rate_ + weight * (rate - rate_);
}

void Goodput::Silent(Millis elapsed) {
  const double most = kFrameBytesMin * 1000.0 / static_cast<double>(std::max<Millis>(1, elapsed));
  const double known = bytes_per_second();
  rate_ = known == 0 ? most : std::min(known, most);
}

size_t Goodput::Guess() const {
  if (round_trip_ < 0) return kWiredFrameBytes;
  if (round_trip_ < kLocalRoundTrip) return kFrameBytesMax;
  return round_trip_ < kWiredRoundTrip ? kWiredFrameBytes : kSlowFrameBytes;
}

size_t Goodput::FrameBytes() const {
  if (rate_ == 0) return remembered_ == 0 ? Guess() : std::min(Guess(), SizeAt(remembered_));
  return SizeAt(rate_);
}

}  // namespace entente::sync
