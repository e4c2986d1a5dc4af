// The two zstd calls sync needs: compress bytes as they come with the produced size known exactly,
// and decompress with the decoded size bounded before anything is decoded.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace entente::sync {

// A compressor takes up to 4 MB: it is there only while a zstd frame is being made, so that a
// stream whose reader is slow holds none.
class ZstdWriter {
 public:
  // Bytes cost more than the processor, or the other way round: twice as fast, a tenth larger.
  enum class Effort { kSmall, kFast };

  ZstdWriter();
  ~ZstdWriter();
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;

  // Compresses `piece` now: afterwards produced() counts it in full. Never more than
  // piece.size() + kBlockOverhead bytes.
  void Add(absl::string_view piece);
  size_t produced() const { return out_.size(); }
  // Ends the zstd frame and starts a new, empty one.
  std::string Finish(absl::string_view last_piece);

  // From the next zstd frame on.
  void set_effort(Effort effort) { effort_ = effort; }

  static constexpr size_t kBlockOverhead = 64;

 private:
  struct Context;
  void Drive(absl::string_view piece, bool end);
  Effort effort_ = Effort::kSmall;
  std::unique_ptr<Context> context_;  // of the frame begun; null: none is
  std::string out_;
};

// One zstd frame of exactly `size` decoded bytes, or INVALID_ARGUMENT ENTRY_MALFORMED. Takes `size`
// bytes of memory, which the caller has bounded; a window a stranger asks for takes none.
absl::StatusOr<std::string> ZstdDecode(absl::string_view body, size_t size);

}  // namespace entente::sync
