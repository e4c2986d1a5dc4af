// Taking bundles in. A file comes in pieces, twice. The first pass reads all of it, checks it whole
// (form, bounds, hashes, the maker's signature, whether the instrument is ours) and keeps nothing
// but its root. The second pass is taken only for a root that passed; each frame goes the way of a
// peer's frame (frame_ingest.h), so a crash in the middle leaves a partial import that the next one
// completes.
//
// Bounds: 16 passes at a time, the one that rested longest gives way; 4096 roots are remembered.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>

#include "entente/v1/bundle.pb.h"
#include "node/base/mutex.h"
#include "node/rpc/courier/bundle_beside.h"

namespace entente::rpc {

class BundleImports {
 public:
  explicit BundleImports(const BesideSources& sources);
  ~BundleImports();

  // BUNDLE_DAMAGED, BUNDLE_REFUSED, VERSION_UNSUPPORTED, UNKNOWN_INSTRUMENT, BUNDLE_NOT_CHECKED;
  // in the second pass also this node's own troubles.
  absl::Status Take(const v1::ImportBundleRequest& request, v1::ImportBundleResponse& response);

 private:
  class Pass;

  absl::StatusOr<std::shared_ptr<Pass>> Find(const v1::ImportBundleRequest& request, uint64_t& id);
  void Remember(const base::Digest& root);
  bool IsChecked(const base::Digest& root);

  const BesideSources sources_;
  base::Mutex mutex_;
  uint64_t uses_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 1;
  struct Slot {
    std::shared_ptr<Pass> pass;
    uint64_t used = 0;
  };
  std::map<uint64_t, Slot> passes_ ABSL_GUARDED_BY(mutex_);
  std::deque<base::Digest> checked_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::rpc
