// How fast a link really is, and how large a frame should be on it: about 250 ms of it, so that a
// drop loses little and a slow link is never silent for long.
#pragma once

#include <cstddef>
#include <cstdint>

namespace entente::sync {

using Millis = int64_t;

// Below this a frame is at most 16 KiB.
inline constexpr double kSlowBytesPerSecond = 64'000;
inline constexpr size_t kSlowFrameBytes = 16 << 10;

class Goodput {
 public:
  // A guess from the round trip alone, until something is measured.
  void SetRoundTrip(Millis round_trip) { round_trip_ = round_trip; }
  // Bytes delivered within a time; small samples say nothing about a link and are passed over.
  void Measured(size_t bytes, Millis elapsed);

  // 0: not measured yet.
  double bytes_per_second() const { return rate_; }
  // 4 KiB..256 KiB.
  size_t FrameBytes() const;

 private:
  double rate_ = 0;
  Millis round_trip_ = -1;  // unknown
};

}  // namespace entente::sync
