// The views of an instrument made again from its log alone, in a store of their own: what an
// auditor compares a node's own answers with.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "entente/v1/operator.pb.h"
#include "node/base/id.h"

namespace entente {

// `log`: a file of LogChunk messages as the node exports them, each preceded by its length in 4
// bytes, big endian. `work`: a directory for the store, made here; the caller removes it.
absl::StatusOr<v1::RebuiltViews> RebuildViews(const std::string& log, const std::string& work,
                                              const base::InstrumentId& instrument);

}  // namespace entente
