// What can be said of a bundle's header and frames without a store: everything but whether the
// entries count. A frame that passes has been decoded once, within the bounds of sync/frame.h.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "entente/v1/store.pb.h"
#include "entente/v1/sync.pb.h"
#include "node/bundle/format.h"

namespace entente::bundle {

// Of a receipt: the tips of some 400 000 feeds, and note ids that fit into one row of the store.
inline constexpr size_t kReceiptTipBytesMax = 32 << 20;
inline constexpr int kReceiptNotesMax = 16'384;
inline constexpr int kBesideChunksMax = 7;  // of 64 KiB, with their proofs, in kFrameBytesMax

// DATA_LOSS when the bytes are no header; BUNDLE_REFUSED when its fields are out of range.
absl::StatusOr<v1::BundleHeader> ParseBundleHeader(absl::string_view bytes);

// The index against the header and the bounds: sizes, counts, notes before entries.
absl::Status CheckIndex(const v1::BundleHeader& header, const std::vector<IndexRow>& rows);

// One frame of a bundle of entries: of the header's instrument, with what the index says, and
// decodable.
absl::StatusOr<v1::Frame> CheckFrame(const v1::BundleHeader& header, const IndexRow& row,
                                     absl::string_view bytes);
// The same without decoding: for bytes that have passed before.
absl::StatusOr<v1::Frame> ParseFrame(const v1::BundleHeader& header, const IndexRow& row,
                                     absl::string_view bytes);
// One frame beside notes and entries: news of the header's register, or chunks. Whether they prove
// what they say is seen when they are taken in.
absl::StatusOr<v1::BundleBeside> CheckBeside(const v1::BundleHeader& header,
                                             absl::string_view bytes);
// One frame of a receipt.
absl::StatusOr<v1::BundleHoldings> CheckHoldings(const v1::BundleHeader& header,
                                                 absl::string_view bytes);
// Adds what one frame says to what those before it said. BUNDLE_REFUSED over the bounds: a file of
// many frames is read before its signature is.
absl::Status AddHoldings(const v1::BundleHoldings& holdings, v1::BasisRecord& basis,
                         std::string& tips);

}  // namespace entente::bundle
