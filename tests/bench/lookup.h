// Reading the log into the lookup rows, as a node's upkeep does it.
#pragma once

#include "node/base/status_macros.h"
#include "node/query/lookup/lookup_maker.h"
#include "tests/bench/node_store.h"

namespace entente::bench {

inline absl::Status ReadIn(NodeStore& node, const store::Published& published) {
  for (bool done = false; !done;) {
    const auto snapshot = node.kv->NewSnapshot();
    ASSIGN_OR_RETURN(query::LookupSlice slice, query::NextSlice(*snapshot, published));
    done = slice.done;
    node.replica->DeleteLookup(slice.old, slice.state);
    node.replica->PutLookup(slice.rows, slice.state);
    RETURN_IF_ERROR(node.replica->Commit());
  }
  return absl::OkStatus();
}

}  // namespace entente::bench
