// Lays frames out into parts of a bounded size. Every part begins with the same authority notes, so
// that each can be imported alone; entries stand in the order in which they come.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "node/bundle/format.h"

namespace entente::bundle {

// Room for header, index of a frame, root and signature.
inline constexpr size_t kPartOverhead = 1024;
inline constexpr uint64_t kPartBytesMin = 100'000;
inline constexpr uint64_t kPartBytesDefault = 5'000'000;

class Splitter {
 public:
  // Rows of the notes' frames, in every part.
  Splitter(uint64_t max_bytes, std::vector<IndexRow> notes);

  // True: the frame begins a new part.
  bool Add(const IndexRow& row);
  // At least one part if there are notes or frames; none otherwise.
  std::vector<std::vector<IndexRow>> Finish();

  // INVALID_ARGUMENT VALIDATION_FAILED when a part came out larger than wished, because the notes
  // and one frame alone are; says how much is needed.
  absl::Status Fits() const;

 private:
  void Begin();

  uint64_t max_bytes_;
  std::vector<IndexRow> notes_;
  std::vector<std::vector<IndexRow>> parts_;
  uint64_t bytes_ = 0;  // of the last part
  uint64_t largest_ = 0;
  bool has_entries_ = false;
};

// The encoded size to wish for, so that parts are filled well.
size_t FrameTarget(uint64_t max_bytes);

}  // namespace entente::bundle
