#include "node/store/view_digest.h"

#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/crypto/sha256_stream.h"

namespace entente::store {

absl::StatusOr<base::Digest> ViewDigest(const storage::Snapshot& snapshot,
                                        const InstrumentId& instrument) {
  // "index", "set_aside", "slots": name order.
  static constexpr storage::Family kViews[] = {kIndex, kSetAside, kSlots};
  std::string version;
  base::AppendU32(version, kViewVersion);
  crypto::Sha256Stream hash;
  hash.Add(version);
  for (storage::Family family : kViews) {
    auto it = snapshot.Scan(family, instrument.view());
    for (; it->Valid(); it->Next()) {
      std::string size;
      base::AppendU32(size, static_cast<uint32_t>(it->key().size()));
      hash.Add(size);
      hash.Add(it->key());
      size.clear();
      base::AppendU32(size, static_cast<uint32_t>(it->value().size()));
      hash.Add(size);
      hash.Add(it->value());
    }
    RETURN_IF_ERROR(it->status());
  }
  return hash.Finish();
}

}  // namespace entente::store
