#include "node/query/desk/only_here.h"

#include "entente/v1/blob.pb.h"
#include "node/blob/blob_id.h"
#include "node/meaning/record/attachment.h"
#include "node/meaning/record/index_key.h"
#include "node/store/schema.h"

namespace entente::query {

absl::StatusOr<std::map<base::InstrumentId, OnlyHere>> CountOnlyHere(
    const storage::Snapshot& snapshot, const store::Published& published) {
  std::map<base::InstrumentId, OnlyHere> out;
  auto it = snapshot.Scan(store::kBlobs, "");
  for (; it->Valid(); it->Next()) {
    v1::BlobRecord record;
    const auto blob = blob::BlobId::Parse(it->key());
    if (!blob || !record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())) ||
        !record.only_here() || !record.complete()) {
      continue;
    }
    for (const base::InstrumentId& instrument : published.instruments) {
      const std::string named = meaning::IndexPrefix(instrument, meaning::Index::kAttachments,
                                                     meaning::AttachmentFields(*blob));
      if (!snapshot.Scan(store::kIndex, named)->Valid()) continue;
      ++out[instrument].contents;
      out[instrument].bytes += blob->size;
    }
  }
  if (!it->status().ok()) return it->status();
  return out;
}

}  // namespace entente::query
