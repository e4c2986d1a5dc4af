// Making bundles and receipts. The frames are built twice: once to learn their sizes and hashes,
// which stand in front of them in the file, and once to send them; so no part is ever in memory.
#pragma once

#include <functional>

#include "entente/v1/bundle.pb.h"
#include "node/rpc/courier/bundle_beside.h"
#include "node/rpc/tls/identity.h"

namespace entente::rpc {

// UNKNOWN_INSTRUMENT, UNKNOWN_DELEGATION (also for one that is not admitted now: it is given
// nothing), VALIDATION_FAILED. `write` returns false when the caller left.
absl::Status CreateBundle(const BesideSources& sources, const Identity& identity,
                          const v1::CreateBundleRequest& request,
                          const std::function<bool(const v1::BundleChunk&)>& write);

}  // namespace entente::rpc
