// Catalogue records already read, by entry id. What an id names never changes, so nothing here goes
// stale; which record stands in a slot is asked of the views each time. Bounded: full, it starts
// anew.
#pragma once

#include <map>
#include <memory>

#include "node/base/id.h"
#include "node/base/mutex.h"
#include "node/meaning/record/record.h"

namespace entente::query {

class RecordCache {
 public:
  using RecordPtr = std::shared_ptr<const meaning::Record>;

  // Any thread. Null: not kept.
  RecordPtr Find(const base::EntryId& id) const;
  void Keep(const base::EntryId& id, RecordPtr record);

 private:
  mutable base::Mutex mutex_;
  std::map<base::EntryId, RecordPtr> records_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace entente::query
