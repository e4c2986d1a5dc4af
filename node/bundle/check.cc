#include "node/bundle/check.h"

#include "absl/strings/str_cat.h"
#include "node/base/status_macros.h"
#include "node/sync/frame/frame.h"
#include "node/sync/frame/notes_frame.h"

namespace entente::bundle {

namespace {

// The longest SubjectPublicKeyInfo taken; that of a P-256 key has 91 bytes.
constexpr size_t kMakerKeyBytesMax = 512;

constexpr size_t kBlobNameBytes = 40;
constexpr size_t kRegisterStateBytes = 8;

// Nobody can offer places in one register for those in another.
absl::Status CheckNews(const v1::BundleHeader& header, const v1::RegisterNews& news) {
  if (news.instrument() == header.instrument()) return absl::OkStatus();
  return Refused("news of a register is of another instrument than its header names");
}

bool DigestOrNone(const std::string& bytes) { return bytes.empty() || bytes.size() == 32; }

}  // namespace

absl::StatusOr<v1::BundleHeader> ParseBundleHeader(absl::string_view bytes) {
  v1::BundleHeader header;
  if (!header.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Damaged("its header cannot be read");
  }
  if (header.kind() != v1::BUNDLE_KIND_ENTRIES && header.kind() != v1::BUNDLE_KIND_RECEIPT) {
    return Refused("it is of a kind this version does not know");
  }
  const bool sizes =
      header.instrument().size() == 32 && header.set().size() == kSetBytes &&
      !header.maker_key().empty() && header.maker_key().size() <= kMakerKeyBytesMax &&
      DigestOrNone(header.recipient()) && DigestOrNone(header.basis_digest()) &&
      header.frontier_digest().size() == 32 && header.authority_digest().size() == 32 &&
      (header.register_state().empty() || header.register_state().size() == kRegisterStateBytes);
  if (!sizes) return Refused("a field of its header has the wrong size");
  if (header.part() < 1 || header.part() > header.parts() || header.parts() > kPartsMax) {
    return Refused(absl::StrCat("it says it is part ", header.part(), " of ", header.parts()));
  }
  return header;
}

absl::Status CheckIndex(const v1::BundleHeader& header, const std::vector<IndexRow>& rows) {
  const bool receipt = header.kind() == v1::BUNDLE_KIND_RECEIPT;
  bool behind_notes = false;
  uint64_t bytes = 0, entries = 0, notes = 0;
  for (const IndexRow& row : rows) {
    if (row.size == 0 || row.size > kFrameBytesMax) {
      return Refused(
          absl::StrCat("a frame has ", row.size, " bytes, at most ", kFrameBytesMax, " are taken"));
    }
    const bool one_kind =
        receipt ? row.notes + row.entries == 0 : row.notes == 0 || row.entries == 0;
    if (!one_kind) return Refused("a frame holds both notes and entries, or a receipt either");
    if (row.notes > 0 && behind_notes) return Refused("authority notes stand behind other frames");
    behind_notes = behind_notes || row.notes == 0;
    bytes += row.size;
    entries += row.entries;
    notes += row.notes;
  }
  if (bytes > kFileBytesMax) {
    return Refused(absl::StrCat("it has ", bytes, " bytes, at most ", kFileBytesMax, " are taken"));
  }
  if (entries != header.entries() || notes != header.notes()) {
    return Refused(absl::StrCat("its index counts ", entries, " entries and ", notes,
                                " notes, its header ", header.entries(), " and ", header.notes()));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Frame> ParseFrame(const v1::BundleHeader& header, const IndexRow& row,
                                     absl::string_view bytes) {
  v1::Frame frame;
  if (!frame.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Refused("a frame cannot be read");
  }
  if (frame.instrument() != header.instrument()) {
    return Refused("a frame is of another instrument than its header names");
  }
  if (frame.entries() != row.entries || static_cast<uint32_t>(frame.notes_size()) != row.notes) {
    return Refused("its index does not say what stands in a frame");
  }
  return frame;
}

absl::StatusOr<v1::Frame> CheckFrame(const v1::BundleHeader& header, const IndexRow& row,
                                     absl::string_view bytes) {
  absl::StatusOr<v1::Frame> frame = ParseFrame(header, row, bytes);
  if (!frame.ok()) return frame;
  if (absl::Status notes = sync::CheckNotes(frame->notes()); !notes.ok()) {
    return Refused(absl::string_view(notes.message().data(), notes.message().size()));
  }
  if (auto entries = sync::DecodeFrame(*frame); !entries.ok()) {
    return Refused(absl::StrCat("a frame cannot be decoded: ", entries.status().message()));
  }
  return frame;
}

absl::StatusOr<v1::BundleBeside> CheckBeside(const v1::BundleHeader& header,
                                             absl::string_view bytes) {
  v1::BundleBeside beside;
  if (!beside.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Refused("a frame cannot be read");
  }
  const bool chunks = beside.blob().size() == kBlobNameBytes && beside.chunks_size() > 0 &&
                      beside.chunks_size() <= kBesideChunksMax;
  const bool neither = beside.blob().empty() && beside.chunks().empty();
  if (beside.has_news() ? !neither : !chunks) {
    return Refused("a frame holds neither news of the register nor chunks of one content");
  }
  if (beside.has_news()) RETURN_IF_ERROR(CheckNews(header, beside.news()));
  return beside;
}

absl::StatusOr<v1::BundleHoldings> CheckHoldings(const v1::BundleHeader& header,
                                                 absl::string_view bytes) {
  v1::BundleHoldings holdings;
  if (!holdings.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Refused("a frame of the receipt cannot be read");
  }
  bool whole = holdings.tips().size() % sync::kTipBytes == 0;
  for (const std::string& id : holdings.leaves()) whole = whole && id.size() == 32;
  for (const std::string& id : holdings.suspends()) whole = whole && id.size() == 32;
  if (!whole) return Refused("a tip or a note id of the receipt is cut off");
  if (holdings.has_news()) RETURN_IF_ERROR(CheckNews(header, holdings.news()));
  return holdings;
}

absl::Status AddHoldings(const v1::BundleHoldings& holdings, v1::BasisRecord& basis,
                         std::string& tips) {
  const int notes = basis.leaves_size() + basis.suspends_size();
  if (notes + holdings.leaves_size() + holdings.suspends_size() > kReceiptNotesMax ||
      tips.size() + holdings.tips().size() > kReceiptTipBytesMax) {
    return Refused(absl::StrCat("the receipt names more than ", kReceiptNotesMax, " notes or ",
                                kReceiptTipBytesMax >> 20, " MiB of tips"));
  }
  tips += holdings.tips();
  basis.mutable_leaves()->MergeFrom(holdings.leaves());
  basis.mutable_suspends()->MergeFrom(holdings.suspends());
  return absl::OkStatus();
}

}  // namespace entente::bundle
