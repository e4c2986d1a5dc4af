// Reading a part as a disk might give it back: which of its documents a place is in.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/store.pb.h"
#include "node/base/id.h"
#include "storage/kv.h"

namespace entente::query {

class PartDocumentsReader {
 public:
  // Without any document where the row is missing or does not add up: as good as none, the log can
  // make it again.
  static absl::StatusOr<PartDocumentsReader> Read(const storage::Snapshot& snapshot,
                                                  const base::InstrumentId& instrument,
                                                  uint64_t part);

  size_t size() const { return arrivals_.size(); }
  uint32_t places() const { return ends_.empty() ? 0 : ends_.back(); }
  uint64_t ArrivalOf(size_t document) const { return arrivals_[document]; }
  uint32_t EndOf(size_t document) const { return ends_[document]; }
  uint32_t PlacesOf(size_t document) const {
    return document == 0 ? ends_[0] : ends_[document] - ends_[document - 1];
  }
  // REQUIRES: place < places().
  size_t DocumentAt(uint32_t place) const {
    size_t document = begun_[place / kStride];
    while (ends_[document] <= place) ++document;
    return document;
  }

 private:
  static constexpr uint32_t kStride = 64;

  std::vector<uint64_t> arrivals_;  // ascending
  std::vector<uint32_t> ends_;      // the first place after each document
  std::vector<uint32_t> begun_;     // of every kStride-th place: its document
};

}  // namespace entente::query
