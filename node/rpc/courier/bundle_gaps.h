// Why entries of an instrument wait aside: which sequences of which feed are missing.
#pragma once

#include "entente/v1/bundle.pb.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

// Fills gaps and waiting. At most 100 gaps are told.
absl::Status FindGaps(NodeCore& core, const base::InstrumentId& instrument,
                      v1::ImportBundleResponse& response);

}  // namespace entente::rpc
