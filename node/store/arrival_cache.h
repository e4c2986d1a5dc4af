// Arrival numbers already read, by entry id. An entry arrives once, so nothing here goes stale;
// what an older snapshot does not hold yet, its other rows do not tell either. Questions about
// every report of a round ask for them one by one, and a look into the store costs several times as
// much. Bounded: full, it starts anew.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/btree_map.h"
#include "node/base/id.h"
#include "node/base/mutex.h"

namespace entente::store {

class ArrivalCache {
 public:
  // Any thread. Nothing: not kept.
  std::optional<uint64_t> Find(const base::EntryId& id) const {
    base::MutexLock lock(mutex_);
    const auto known = numbers_.find(id);
    return known == numbers_.end() ? std::nullopt : std::optional<uint64_t>(known->second);
  }
  void Keep(const base::EntryId& id, uint64_t number) {
    base::MutexLock lock(mutex_);
    if (numbers_.size() >= kMax) numbers_.clear();
    numbers_[id] = number;
  }

 private:
  static constexpr size_t kMax = 200'000;  // 40 bytes each, and somewhat more

  mutable base::Mutex mutex_;
  absl::btree_map<base::EntryId, uint64_t> numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::store
