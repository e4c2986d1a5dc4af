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
  // As measured by an earlier contact, 0: never. The line may be another one now: that it is slow
  // is believed, that it is fast no further than the round trip says, until this contact measures.
  void Remembered(double bytes_per_second) { remembered_ = bytes_per_second; }
  // Bytes delivered within a time; small samples say nothing about a link and are passed over.
  void Measured(size_t bytes, Millis elapsed);
  // Not so much as the smallest frame came within this time.
  void Silent(Millis elapsed);

  // 0: not measured yet, and nothing remembered.
  double bytes_per_second() const { return rate_ > 0 ? rate_ : remembered_; }
  // 4 KiB..256 KiB.
  size_t FrameBytes() const;

 private:
  size_t Guess() const;

  double rate_ = 0;         // measured by this contact; 0: not yet
  double remembered_ = 0;   // 0: nothing
  Millis round_trip_ = -1;  // unknown
};

}  // namespace entente::sync
