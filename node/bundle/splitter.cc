#include "node/bundle/splitter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/sync/frame/frame.h"

namespace entente::bundle {

Splitter::Splitter(uint64_t max_bytes, std::vector<IndexRow> notes)
    : max_bytes_(max_bytes), notes_(std::move(notes)) {}

void Splitter::Begin() {
  parts_.push_back(notes_);
  bytes_ = kPartOverhead;
  for (const IndexRow& row : notes_) bytes_ += row.size + kIndexRowBytes;
  largest_ = std::max(largest_, bytes_);
  has_entries_ = false;
}

bool Splitter::Add(const IndexRow& row) {
  const uint64_t bytes = row.size + kIndexRowBytes;
  const bool begins =
      parts_.empty() ||
      (has_entries_ && (bytes_ + bytes > max_bytes_ || parts_.back().size() == kFramesMax));
  if (begins) Begin();
  parts_.back().push_back(row);
  has_entries_ = true;
  bytes_ += bytes;
  largest_ = std::max(largest_, bytes_);
  return begins;
}

std::vector<std::vector<IndexRow>> Splitter::Finish() {
  if (parts_.empty() && !notes_.empty()) Begin();
  return std::move(parts_);
}

absl::Status Splitter::Fits() const {
  if (largest_ <= max_bytes_) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kInvalidArgument, "VALIDATION_FAILED",
      absl::StrCat("a part needs ", largest_, " bytes, because each carries the authority notes, ",
                   "and --max-size is ", max_bytes_, "; give at least ", largest_));
}

size_t FrameTarget(uint64_t max_bytes) {
  return std::clamp<uint64_t>(max_bytes / 8, sync::kFrameBytesMin, sync::kFrameBytesMax);
}

}  // namespace entente::bundle
