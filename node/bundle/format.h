// The file form of a bundle (docs/protocol.md, "Bundles"):
//
//   magic || header length[4] || header || frames[4] || index || frames || root[32] ||
//   signature length[2] || signature
//
// header is a BundleHeader. The index has 44 bytes per frame: size[4] notes[4] entries[4] and the
// RFC 6962 leaf hash of the frame. The root is that of the RFC 6962 tree over header, index and
// frames, in this order, so it is known once the index is read. The maker's node signs SignedText.
//
// Invariant: a bundle says of itself nothing that its frames do not show; check.h holds it to that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "entente/v1/bundle.pb.h"
#include "node/base/id.h"

namespace entente::bundle {

inline constexpr char kMagic[] = "entente-bundle/1\n";
inline constexpr size_t kMagicBytes = sizeof(kMagic) - 1;
inline constexpr size_t kHeaderBytesMax = 4096;
inline constexpr size_t kFramesMax = 65'536;
inline constexpr size_t kFrameBytesMax = 512 << 10;
inline constexpr size_t kIndexRowBytes = 44;
inline constexpr size_t kSignatureBytesMax = 256;
inline constexpr size_t kSetBytes = 16;
// Of all frames of one file. More goes into more parts.
inline constexpr uint64_t kFileBytesMax = uint64_t{1} << 30;
inline constexpr uint32_t kPartsMax = 65'536;

struct IndexRow {
  uint32_t size = 0;
  uint32_t notes = 0;
  uint32_t entries = 0;
  base::Digest hash;  // leaf hash of the frame's bytes
};

IndexRow RowOf(absl::string_view frame, uint32_t notes, uint32_t entries);

// Everything before the first frame, and what follows from it.
struct Head {
  std::string bytes;
  base::Digest root;
};
Head MakeHead(const v1::BundleHeader& header, const std::vector<IndexRow>& rows);

std::string EncodeIndex(const std::vector<IndexRow>& rows);
// REQUIRES: a whole number of rows.
std::vector<IndexRow> DecodeIndex(absl::string_view bytes);
base::Digest RootOf(absl::string_view header, absl::string_view index,
                    const std::vector<IndexRow>& rows);

// What the maker's node signs with ECDSA over SHA-256: text, so that other tools can check it.
std::string SignedText(const base::Digest& root);
std::string MakeTail(const base::Digest& root, absl::string_view signature);

// Bytes of a file whose frames are these.
uint64_t FileBytes(const v1::BundleHeader& header, const std::vector<IndexRow>& rows);

// DATA_LOSS, BUNDLE_DAMAGED: not the bytes that were written.
absl::Status Damaged(absl::string_view what);
// INVALID_ARGUMENT, BUNDLE_REFUSED: against the format, whoever signed it.
absl::Status Refused(absl::string_view what);

}  // namespace entente::bundle
