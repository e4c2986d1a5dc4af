#include "node/bundle/format.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/error.h"
#include "node/crypto/sha256.h"

namespace entente::bundle {

namespace {

constexpr size_t kTailBytes = 32 + 2;
// ECDSA over P-256 in DER is 70 to 72 bytes.
constexpr size_t kUsualSignatureBytes = 72;

// RFC 6962 section 2.1 over leaf hashes, from left to right: a pair of complete subtrees of one
// size becomes one; what is left over is joined from the right.
base::Digest TreeRoot(const std::vector<base::Digest>& leaves) {
  std::vector<std::pair<uint64_t, base::Digest>> peaks;  // leaves below, hash
  auto join = [&] {
    const auto right = peaks.back();
    peaks.pop_back();
    auto& left = peaks.back();
    left.second =
        crypto::Sha256({absl::string_view("\x01", 1), left.second.view(), right.second.view()});
    left.first += right.first;
  };
  for (const base::Digest& leaf : leaves) {
    peaks.emplace_back(1, leaf);
    while (peaks.size() > 1 && peaks[peaks.size() - 2].first == peaks.back().first) join();
  }
  while (peaks.size() > 1) join();
  return peaks.back().second;
}

}  // namespace

IndexRow RowOf(absl::string_view frame, uint32_t notes, uint32_t entries) {
  return {static_cast<uint32_t>(frame.size()), notes, entries, crypto::LeafHash(frame)};
}

std::string EncodeIndex(const std::vector<IndexRow>& rows) {
  std::string out;
  out.reserve(rows.size() * kIndexRowBytes);
  for (const IndexRow& row : rows) {
    base::AppendU32(out, row.size);
    base::AppendU32(out, row.notes);
    base::AppendU32(out, row.entries);
    out.append(row.hash.view().data(), row.hash.view().size());
  }
  return out;
}

std::vector<IndexRow> DecodeIndex(absl::string_view bytes) {
  std::vector<IndexRow> rows;
  rows.reserve(bytes.size() / kIndexRowBytes);
  for (; bytes.size() >= kIndexRowBytes; bytes.remove_prefix(kIndexRowBytes)) {
    rows.push_back({base::ReadU32(bytes), base::ReadU32(bytes.substr(4)),
                    base::ReadU32(bytes.substr(8)),
                    *base::Digest::FromBytes(bytes.substr(12, 32))});
  }
  return rows;
}

base::Digest RootOf(absl::string_view header, absl::string_view index,
                    const std::vector<IndexRow>& rows) {
  std::vector<base::Digest> leaves = {crypto::LeafHash(header), crypto::LeafHash(index)};
  leaves.reserve(rows.size() + 2);
  for (const IndexRow& row : rows) leaves.push_back(row.hash);
  return TreeRoot(leaves);
}

Head MakeHead(const v1::BundleHeader& header, const std::vector<IndexRow>& rows) {
  const std::string header_bytes = header.SerializeAsString();
  const std::string index = EncodeIndex(rows);
  Head head{kMagic, RootOf(header_bytes, index, rows)};
  base::AppendU32(head.bytes, static_cast<uint32_t>(header_bytes.size()));
  head.bytes += header_bytes;
  base::AppendU32(head.bytes, static_cast<uint32_t>(rows.size()));
  head.bytes += index;
  return head;
}

std::string SignedText(const base::Digest& root) {
  return absl::StrCat("entente/bundle/v1\nroot ", root.ToHex(), "\n");
}

std::string MakeTail(const base::Digest& root, absl::string_view signature) {
  std::string tail = root.str();
  tail.push_back(static_cast<char>(signature.size() >> 8));
  tail.push_back(static_cast<char>(signature.size()));
  tail.append(signature.data(), signature.size());
  return tail;
}

uint64_t FileBytes(const v1::BundleHeader& header, const std::vector<IndexRow>& rows) {
  uint64_t bytes = kMagicBytes + 4 + header.ByteSizeLong() + 4 + rows.size() * kIndexRowBytes +
                   kTailBytes + kUsualSignatureBytes;
  for (const IndexRow& row : rows) bytes += row.size;
  return bytes;
}

absl::Status Damaged(absl::string_view what) {
  return base::Error(
      absl::StatusCode::kDataLoss, "BUNDLE_DAMAGED",
      absl::StrCat(what,
                   "; nothing of it was taken. Copy the file again from where it was made, "
                   "or ask its maker for a new one"));
}

absl::Status Refused(absl::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "BUNDLE_REFUSED",
                     absl::StrCat(what,
                                  "; nothing of it was taken. Whoever signed it did not make "
                                  "it with this program: ask its maker for a new one"));
}

}  // namespace entente::bundle
