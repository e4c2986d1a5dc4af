#include "node/query/view/record_cache.h"

#include <utility>

namespace entente::query {

namespace {

constexpr size_t kRecordsMax = 10'000;  // some 10 MiB; the largest catalogues have a few thousand

}  // namespace

RecordCache::RecordPtr RecordCache::Find(const base::EntryId& id) const {
  base::MutexLock lock(mutex_);
  auto it = records_.find(id);
  return it == records_.end() ? nullptr : it->second;
}

void RecordCache::Keep(const base::EntryId& id, RecordPtr record) {
  base::MutexLock lock(mutex_);
  if (records_.size() >= kRecordsMax) records_.clear();
  records_.insert_or_assign(id, std::move(record));
}

}  // namespace entente::query
