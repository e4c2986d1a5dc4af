// Keeps the lookup rows (node/query/lookup/lookup_rows.h) in step with the log: in the background
// once no entry came for a moment, so that a sync never waits for it, and at once for a question
// that needs them. One thread reads in; what it has read is on disk slice by slice, and whatever is
// cut short goes on from there.
#pragma once

#include <cstdint>
#include <thread>

#include "node/base/mutex.h"
#include "node/rpc/node_core.h"

namespace entente::rpc {

class LookupUpkeep {
 public:
  explicit LookupUpkeep(NodeCore* core) : core_(*core) {}
  ~LookupUpkeep() { Stop(); }
  LookupUpkeep(const LookupUpkeep&) = delete;
  LookupUpkeep& operator=(const LookupUpkeep&) = delete;

  void Start();
  void Stop();

  // Returns when everything that had arrived when it was called is read in, or reading in failed
  // since. SHUTTING_DOWN when the node stops.
  absl::Status CatchUp();

 private:
  void OnCommit(uint64_t newest_arrival);
  void Loop();
  bool WaitForWork() ABSL_LOCKS_EXCLUDED(mutex_);
  // True: nothing is left to read in.
  absl::StatusOr<bool> OneSlice();

  NodeCore& core_;
  int subscription_ = 0;
  base::Mutex mutex_;
  base::CondVar changed_;
  uint64_t newest_ ABSL_GUARDED_BY(mutex_) = 0;   // arrival
  uint64_t reached_ ABSL_GUARDED_BY(mutex_) = 0;  // likewise: read in up to here
  uint64_t wanted_ ABSL_GUARDED_BY(mutex_) = 0;   // likewise: somebody waits for it
  uint64_t failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failed_ ABSL_GUARDED_BY(mutex_);  // of the last failure
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace entente::rpc
