#include "node/rpc/question/lookup_upkeep.h"

#include <algorithm>
#include <string>
#include <utility>

#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/query/lookup/lookup_maker.h"
#include "node/runtime/log.h"

namespace entente::rpc {

using base::MutexLock;

namespace {

// So long no entry may have come before reading in begins by itself.
constexpr absl::Duration kQuiet = absl::Seconds(1);
// After a failure (a full disk), unless somebody asks.
constexpr absl::Duration kRetry = absl::Seconds(30);

}  // namespace

void LookupUpkeep::Start() {
  subscription_ = core_.Subscribe(
      [this](const store::PublishedPtr& published) { OnCommit(published->newest_arrival); });
  OnCommit(core_.published()->newest_arrival);
  thread_ = std::thread([this] { Loop(); });
}

void LookupUpkeep::Stop() {
  if (subscription_ != 0) core_.Unsubscribe(std::exchange(subscription_, 0));
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    changed_.SignalAll();
  }
  if (thread_.joinable()) thread_.join();
}

void LookupUpkeep::OnCommit(uint64_t newest_arrival) {
  MutexLock lock(mutex_);
  if (newest_arrival <= newest_) return;
  newest_ = newest_arrival;
  changed_.SignalAll();
}

absl::Status LookupUpkeep::CatchUp() {
  const uint64_t target = core_.published()->newest_arrival;
  MutexLock lock(mutex_);
  newest_ = std::max(newest_, target);
  wanted_ = std::max(wanted_, target);
  const uint64_t failures = failures_;
  changed_.SignalAll();
  while (reached_ < target && failures_ == failures && !stopping_) changed_.Wait(mutex_);
  if (reached_ >= target) return absl::OkStatus();
  if (!stopping_) return failed_;
  return base::Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the node is stopping");
}

bool LookupUpkeep::WaitForWork() {
  MutexLock lock(mutex_);
  // Entry by entry comes a second apart at the earliest, or because somebody waits.
  for (;;) {
    while (!stopping_ && reached_ >= newest_) changed_.Wait(mutex_);
    if (stopping_) return false;
    if (wanted_ > reached_) return true;
    const uint64_t seen = newest_;
    changed_.WaitFor(mutex_, failed_.ok() ? kQuiet : kRetry);
    if (!stopping_ && seen == newest_) return true;
  }
}

void LookupUpkeep::Loop() {
  while (WaitForWork()) {
    absl::StatusOr<bool> done = OneSlice();
    MutexLock lock(mutex_);
    if (!done.ok()) {
      ++failures_;
      failed_ = done.status();
      wanted_ = 0;
      changed_.SignalAll();
      runtime::Log(runtime::LogLevel::kWarning, "lookup_not_read_in",
                   {{"why", std::string(done.status().message())}});
      continue;
    }
    failed_ = absl::OkStatus();
    changed_.SignalAll();
  }
}

absl::StatusOr<bool> LookupUpkeep::OneSlice() {
  // The authority first: it is then no older than what the snapshot holds.
  auto snapshot = core_.NewSnapshot();
  const store::PublishedPtr published = core_.published();
  ASSIGN_OR_RETURN(query::LookupSlice slice, query::NextSlice(*snapshot, *published));
  const uint64_t through = slice.state.through_arrival();
  if (!slice.rows.empty() || !slice.old.empty() || !slice.done) {
    RETURN_IF_ERROR(core_.Write([&](driver::Replica& replica) {
      replica.DeleteLookup(slice.old, slice.state);
      replica.PutLookup(slice.rows, slice.state);
      return absl::OkStatus();
    }));
  }
  MutexLock lock(mutex_);
  reached_ = std::max(reached_, through);
  return slice.done;
}

}  // namespace entente::rpc
