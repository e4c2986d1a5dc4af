// The view digest of an instrument: SHA-256 over the view version and every row of the view
// families in name order, each as u32be(length) key u32be(length) value. Same entries, same digest,
// on every node.
#pragma once

#include "absl/status/statusor.h"
#include "node/store/schema.h"

namespace entente::store {

// Reads every view row of the instrument; call it only when asked.
absl::StatusOr<base::Digest> ViewDigest(const storage::Snapshot& snapshot,
                                        const InstrumentId& instrument);

}  // namespace entente::store
