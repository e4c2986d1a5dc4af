#include "node/bundle/reader.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/bundle/check.h"
#include "node/crypto/sha256.h"

namespace entente::bundle {

namespace {

constexpr char kFamily[] = "entente-bundle/";
constexpr char kAge[] = "age-encryption.or";  // as many bytes as the magic has

absl::Status CheckMagic(absl::string_view bytes) {
  if (bytes == kMagic) return absl::OkStatus();
  if (absl::StartsWith(bytes, kFamily)) {
    return base::Error(absl::StatusCode::kFailedPrecondition, "VERSION_UNSUPPORTED",
                       "it has a bundle format this version does not read; install the newer "
                       "version, or ask the maker for one of version 1");
  }
  if (bytes == kAge) {
    return base::Error(absl::StatusCode::kInvalidArgument, "BUNDLE_REFUSED",
                       "it is encrypted with age; decrypt it first: age -d -i KEYFILE -o FILE "
                       "FILE.age");
  }
  return base::Error(absl::StatusCode::kInvalidArgument, "BUNDLE_REFUSED",
                     "it is no bundle; entente bundle create makes one");
}

}  // namespace

void Reader::Expect(At at, size_t bytes) {
  at_ = at;
  wanted_ = bytes;
}

absl::Status Reader::Add(absl::string_view bytes) {
  RETURN_IF_ERROR(failed_);
  while (!bytes.empty()) {
    if (at_ == At::kEnd) return failed_ = Damaged("bytes stand behind its end");
    const size_t taken = std::min(bytes.size(), wanted_ - held_.size());
    held_.append(bytes.data(), taken);
    bytes.remove_prefix(taken);
    if (held_.size() < wanted_) break;
    failed_ = Take(held_);
    RETURN_IF_ERROR(failed_);
    held_.clear();
  }
  return absl::OkStatus();
}

absl::Status Reader::Finish() {
  RETURN_IF_ERROR(failed_);
  if (at_ == At::kEnd) return absl::OkStatus();
  return failed_ = Damaged("it ends too early: a part of the file is missing");
}

absl::Status Reader::Take(absl::string_view item) {
  switch (at_) {
    case At::kStart:
      RETURN_IF_ERROR(CheckMagic(item));
      Expect(At::kHeaderSize, 4);
      break;
    case At::kHeaderSize: {
      const uint32_t size = base::ReadU32(item);
      if (size == 0 || size > kHeaderBytesMax) return Damaged("its header has no possible length");
      Expect(At::kHeader, size);
      break;
    }
    case At::kHeader: {
      header_bytes_ = base::Str(item);
      ASSIGN_OR_RETURN(header_, ParseBundleHeader(item));
      Expect(At::kIndexSize, 4);
      break;
    }
    case At::kIndexSize: {
      const uint32_t frames = base::ReadU32(item);
      if (frames == 0 || frames > kFramesMax) return Damaged("its index has no possible length");
      Expect(At::kIndex, frames * kIndexRowBytes);
      break;
    }
    case At::kIndex:
      RETURN_IF_ERROR(TakeIndex(item));
      Expect(At::kFrame, rows_[0].size);
      break;
    case At::kFrame:
      RETURN_IF_ERROR(TakeFrame(item));
      if (++next_frame_ < rows_.size()) {
        Expect(At::kFrame, rows_[next_frame_].size);
      } else {
        Expect(At::kRoot, 32);
      }
      break;
    case At::kRoot:
      if (item != root_.view()) return Damaged("its contents are not those of its root hash");
      Expect(At::kSignatureSize, 2);
      break;
    case At::kSignatureSize: {
      const size_t size =
          static_cast<unsigned char>(item[0]) * size_t{256} + static_cast<unsigned char>(item[1]);
      if (size == 0 || size > kSignatureBytesMax) {
        return Damaged("its signature has no possible length");
      }
      Expect(At::kSignature, size);
      break;
    }
    case At::kSignature:
      if (!calls_.signed_by(header_.maker_key(), SignedText(root_), item)) {
        return Damaged("its signature is not that of the node it names as its maker");
      }
      Expect(At::kEnd, 0);
      break;
    case At::kEnd:
      break;
  }
  return absl::OkStatus();
}

absl::Status Reader::TakeIndex(absl::string_view item) {
  rows_ = DecodeIndex(item);
  RETURN_IF_ERROR(CheckIndex(header_, rows_));
  root_ = RootOf(header_bytes_, item, rows_);
  return calls_.head(header_, root_);
}

absl::Status Reader::TakeFrame(absl::string_view item) {
  const IndexRow& row = rows_[next_frame_];
  if (crypto::LeafHash(item) != row.hash) {
    return Damaged(absl::StrCat("frame ", next_frame_ + 1, " of ", rows_.size(),
                                " is not the one its index names"));
  }
  return calls_.frame(header_, row, item);
}

}  // namespace entente::bundle
