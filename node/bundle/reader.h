// Reads a bundle that comes in pieces of any size, holding one frame at a time.
//
// Order of what is settled: header and index (form, bounds, root), then each frame against its hash
// in the index, then the root and the maker's signature at the end. So until Finish() said OK
// nothing may be kept of it; a reader that knows the root to be good from an earlier pass
// (`good_root`) may keep each frame at once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "node/bundle/format.h"

namespace entente::bundle {

class Reader {
 public:
  struct Calls {
    // Header and index were read and are well-formed.
    std::function<absl::Status(const v1::BundleHeader&, const base::Digest& root)> head;
    // The bytes of one frame, after its hash was compared.
    std::function<absl::Status(const v1::BundleHeader&, const IndexRow&, absl::string_view)> frame;
    // Did the key with this SubjectPublicKeyInfo sign the text?
    std::function<bool(const std::string& maker_key, const std::string& text,
                       absl::string_view signature)>
        signed_by;
  };
  explicit Reader(Calls calls) : calls_(std::move(calls)) {}

  // The first error is the last call's answer from then on. Errors: BUNDLE_DAMAGED, BUNDLE_REFUSED,
  // VERSION_UNSUPPORTED, and those of the calls.
  absl::Status Add(absl::string_view bytes);
  // No more bytes come. OK: the file is whole, and its maker signed it.
  absl::Status Finish();

  const v1::BundleHeader& header() const { return header_; }
  const base::Digest& root() const { return root_; }

 private:
  enum class At : uint8_t {
    kStart,
    kHeaderSize,
    kHeader,
    kIndexSize,
    kIndex,
    kFrame,
    kRoot,
    kSignatureSize,
    kSignature,
    kEnd
  };
  absl::Status Take(absl::string_view item);
  absl::Status TakeIndex(absl::string_view item);
  absl::Status TakeFrame(absl::string_view item);
  void Expect(At at, size_t bytes);

  Calls calls_;
  At at_ = At::kStart;
  size_t wanted_ = kMagicBytes;
  std::string held_;  // of the item that is being read
  absl::Status failed_;
  std::string header_bytes_;
  v1::BundleHeader header_;
  std::vector<IndexRow> rows_;
  size_t next_frame_ = 0;
  base::Digest root_;
};

}  // namespace entente::bundle
