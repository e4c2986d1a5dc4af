// A frame: entries of one instrument on the wire and in bundles, elided (elision.h) and compressed.
//
// Layout of the decoded body: the payloads one after the other, then the elided columns
// (Frame.meta_size bytes). Signatures stand outside zstd, 64 bytes each, because they do not
// compress. The receiver rebuilds the exact signed header bytes; hash link and signature prove that
// it did. Format: docs/protocol.md, "Frame".
//
// Bounds: 4 KiB..256 KiB encoded, 4 MiB decoded, 4096 entries. A frame always takes at least one
// entry.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/sync.pb.h"
#include "node/ledger/entry.h"
#include "node/sync/frame/elision.h"
#include "node/sync/frame/zstd_stream.h"

namespace entente::sync {

inline constexpr size_t kFrameBytesMin = 4 << 10;
inline constexpr size_t kFrameBytesMax = 256 << 10;
inline constexpr size_t kFrameDecodedBytesMax = 4 << 20;
inline constexpr size_t kFrameEntriesMax = 4096;
// What is sent, well under what any receiver keeps aside for one peer, should frames overtake each
// other.
inline constexpr size_t kFrameEntriesSent = 1024;
inline constexpr size_t kFrameNotesMax = 256;

// What to wish for where a frame must not pass `room`: how well its entries will compress is only
// guessed while it is filled, and one that came out too large is not sent.
inline size_t WishWithin(size_t room) { return room - room / 4; }

// The largest frames are wished for on links that carry one in a quarter of a second, a megabyte a
// second: there the processors at its ends are what takes time.
inline ZstdWriter::Effort EffortFor(size_t frame_bytes) {
  return frame_bytes >= kFrameBytesMax ? ZstdWriter::Effort::kFast : ZstdWriter::Effort::kSmall;
}

struct FrameLimits {
  size_t encoded_bytes = kFrameBytesMax;  // body and signatures; and, apart from them, notes
  size_t decoded_bytes = kFrameDecodedBytesMax;
  size_t entries = kFrameEntriesMax;
  size_t notes = kFrameNotesMax;
};

// Builds frames one after the other. Entries come in feed order; a new run begins wherever one does
// not follow its predecessor, so any order is correct and feed order is small.
class FrameBuilder {
 public:
  // The target is a wish, held to 4 KiB..256 KiB: reached within about an eighth, never more than
  // 256 KiB unless one entry alone is larger.
  FrameBuilder(const InstrumentId& instrument, size_t target_encoded_bytes);

  // False: the frame is full and the entry was not taken. REQUIRES: an entry of this instrument.
  bool Add(const ledger::Entry& entry);
  // The frame so far; the builder is empty again.
  v1::Frame Finish();

  size_t entries() const { return entries_; }
  // From the next entry on.
  void set_target(size_t target_encoded_bytes);
  // REQUIRES: the frame is empty. Until then: small.
  void set_effort(ZstdWriter::Effort effort);

 private:
  size_t EstimatedBytes() const;
  bool Fits(const ledger::Entry& entry);
  void Compress();

  InstrumentId instrument_;
  size_t target_;
  size_t entries_ = 0;
  size_t decoded_ = 0;   // payload bytes so far
  std::string pending_;  // payload bytes not compressed yet
  ZstdWriter zstd_;
  ElisionWriter columns_;
  std::string signatures_;
  double ratio_;           // encoded / decoded bytes of payloads, carried from frame to frame
  bool measured_ = false;  // ratio_ is more than the first guess
};

// The entries of a frame. Sizes and counts are checked before anything is decoded; memory grows
// with what is really there. Every failure is INVALID_ARGUMENT, reason ENTRY_MALFORMED. Signatures
// are not checked.
absl::StatusOr<std::vector<ledger::Entry>> DecodeFrame(const v1::Frame& frame,
                                                       const FrameLimits& limits = {});

}  // namespace entente::sync
