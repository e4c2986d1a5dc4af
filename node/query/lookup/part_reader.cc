#include "node/query/lookup/part_reader.h"

#include "node/base/status_macros.h"
#include "node/query/lookup/lookup_rows.h"
#include "node/query/lookup/word_rows.h"
#include "node/store/schema.h"

namespace entente::query {

absl::StatusOr<PartDocumentsReader> PartDocumentsReader::Read(const storage::Snapshot& snapshot,
                                                              const base::InstrumentId& instrument,
                                                              uint64_t part) {
  ASSIGN_OR_RETURN(const auto row, snapshot.Get(store::kLookup, DocumentsKey(instrument, part)));
  v1::PartDocuments documents;
  if (!row || !documents.ParseFromString(*row) ||
      documents.arrivals_size() != documents.places_size())
    return PartDocumentsReader();
  PartDocumentsReader out;
  uint64_t arrival = part, end = 0;
  for (int n = 0; n < documents.arrivals_size(); ++n) {
    const uint64_t before = arrival;
    arrival += documents.arrivals(n);
    end += documents.places(n);
    if (arrival < before || (n > 0 && arrival == before) || documents.places(n) == 0 ||
        end > kPartPlacesMax)
      return PartDocumentsReader();
    out.arrivals_.push_back(arrival);
    out.ends_.push_back(static_cast<uint32_t>(end));
    while (out.begun_.size() * kStride < end) out.begun_.push_back(static_cast<uint32_t>(n));
  }
  return out;
}

}  // namespace entente::query
