#include "storage/memory_kv.h"

#include "storage/bounds.h"
#include "storage/store_error.h"

namespace entente::storage {

namespace {

using Map = MemoryKv::Map;
using Found = absl::StatusOr<std::optional<std::string>>;

// std::map with std::less<> compares std::string with std::string_view, which is not Debian's
// absl::string_view.
std::string_view Std(absl::string_view view) { return {view.data(), view.size()}; }

std::optional<std::string> Find(const Map& map, absl::string_view key) {
  auto it = map.find(Std(key));
  if (it == map.end()) return std::nullopt;
  return it->second;
}

// The first row at or after the end of a prefix range.
Map::const_iterator RangeEnd(const Map& map, absl::string_view prefix) {
  const std::string end = PrefixEnd(prefix);
  return end.empty() ? map.end() : map.lower_bound(end);
}

// A share in one state of a family; gives it back under the store's mutex.
class Share {
 public:
  Share(std::shared_ptr<const Map> map, absl::Mutex* mutex) : map_(std::move(map)), mutex_(mutex) {}
  Share(const Share&) = default;
  Share& operator=(const Share&) = delete;
  ~Share() {
    absl::MutexLock lock(mutex_);
    map_.reset();
  }
  const Map& map() const { return *map_; }

 private:
  std::shared_ptr<const Map> map_;
  absl::Mutex* mutex_;
};

class MemoryIterator : public Iterator {
 public:
  MemoryIterator(Share share, absl::string_view prefix)
      : share_(std::move(share)),
        begin_(share_.map().lower_bound(Std(prefix))),
        end_(RangeEnd(share_.map(), prefix)),
        at_(begin_) {}

  bool Valid() const override { return at_ != end_; }
  void Next() override { ++at_; }
  void Seek(absl::string_view key) override {
    at_ = share_.map().lower_bound(Std(key));
    if (begin_ == share_.map().end()) {
      at_ = end_;
    } else if (Std(key) < begin_->first) {
      at_ = begin_;
    } else if (end_ != share_.map().end() && Std(key) >= end_->first) {
      at_ = end_;
    }
  }
  absl::string_view key() const override { return at_->first; }
  absl::string_view value() const override { return at_->second; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  Share share_;
  Map::const_iterator begin_, end_, at_;
};

// A read in a family that does not exist: never valid, says why.
class ErrorIterator : public Iterator {
 public:
  explicit ErrorIterator(absl::Status status) : status_(std::move(status)) {}
  bool Valid() const override { return false; }
  void Next() override {}
  void Seek(absl::string_view) override {}
  absl::string_view key() const override { return {}; }
  absl::string_view value() const override { return {}; }
  absl::Status status() const override { return status_; }

 private:
  absl::Status status_;
};

class MemorySnapshot : public Snapshot {
 public:
  explicit MemorySnapshot(std::vector<Share> shares) : shares_(std::move(shares)) {}

  Found Get(Family family, absl::string_view key) const override {
    if (absl::Status known = CheckFamily(family, shares_.size()); !known.ok()) return known;
    return Find(shares_[family].map(), key);
  }

  std::unique_ptr<Iterator> Scan(Family family, absl::string_view prefix) const override {
    if (absl::Status known = CheckFamily(family, shares_.size()); !known.ok()) {
      return std::make_unique<ErrorIterator>(std::move(known));
    }
    return std::make_unique<MemoryIterator>(shares_[family], prefix);
  }

  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      Family family, absl::string_view prefix) const override {
    if (absl::Status known = CheckFamily(family, shares_.size()); !known.ok()) return known;
    const Map& map = shares_[family].map();
    auto end = RangeEnd(map, prefix);
    if (end == map.lower_bound(Std(prefix))) return std::nullopt;
    return std::optional<std::pair<std::string, std::string>>(*std::prev(end));
  }

 private:
  std::vector<Share> shares_;
};

}  // namespace

MemoryKv::MemoryKv(std::vector<FamilyOptions> families) : options_(std::move(families)) {
  for (size_t i = 0; i < options_.size(); ++i) maps_.push_back(std::make_shared<Map>());
}

Map& MemoryKv::Mutable(Family family) {
  std::shared_ptr<Map>& map = maps_[family];
  if (map.use_count() > 1) map = std::make_shared<Map>(*map);
  return *map;
}

void MemoryKv::CountBytes(size_t key, const std::string* before, const std::string* after) {
  if (before) bytes_ -= key + before->size();
  if (after) bytes_ += key + after->size();
}

MemoryKv::Undo MemoryKv::Apply(const WriteBatch::Op& op) {
  Map& map = Mutable(op.family);
  const std::string key(Std(op.key));
  auto it = map.find(key);
  Undo undo{op.family, key, std::nullopt};
  if (it != map.end()) undo.replaced = it->second;
  const std::string* before = undo.replaced ? &*undo.replaced : nullptr;
  if (op.kind == WriteBatch::Op::Kind::kDelete) {
    if (it != map.end()) map.erase(it);
    CountBytes(op.key.size(), before, nullptr);
    return undo;
  }
  const bool put = op.kind == WriteBatch::Op::Kind::kPut;
  std::string value =
      put ? std::string(Std(op.value)) : options_[op.family].merge(before, op.value);
  CountBytes(op.key.size(), before, &value);
  if (it != map.end()) {
    it->second = std::move(value);
  } else {
    map.emplace(key, std::move(value));
  }
  return undo;
}

void MemoryKv::Restore(Undo undo) {
  Map& map = Mutable(undo.family);
  auto it = map.find(undo.key);
  CountBytes(undo.key.size(), it == map.end() ? nullptr : &it->second,
             undo.replaced ? &*undo.replaced : nullptr);
  if (undo.replaced) {
    map.insert_or_assign(std::move(undo.key), *std::move(undo.replaced));
  } else if (it != map.end()) {
    map.erase(it);
  }
}

absl::Status MemoryKv::Write(const WriteBatch& batch, Durability durability) {
  if (absl::Status status = CheckBatch(batch, options_); !status.ok()) return status;
  absl::MutexLock lock(&mutex_);
  if (!closed_.ok()) return ClosedAfter(closed_);
  if (!fail_next_.ok()) {
    absl::Status failure = std::exchange(fail_next_, absl::OkStatus());
    if (!absl::IsResourceExhausted(failure)) closed_ = failure;
    return failure;
  }
  UndoBatch undo;
  undo.reserve(batch.ops().size());
  for (const WriteBatch::Op& op : batch.ops()) undo.push_back(Apply(op));
  if (durability == Durability::kSynced) {
    unsynced_.clear();
    ++commit_;
  } else {
    unsynced_.push_back(std::move(undo));
  }
  return absl::OkStatus();
}

Found MemoryKv::Get(Family family, absl::string_view key) const {
  if (absl::Status known = CheckFamily(family, options_.size()); !known.ok()) return known;
  absl::MutexLock lock(&mutex_);
  return Find(*maps_[family], key);
}

std::unique_ptr<const Snapshot> MemoryKv::NewSnapshot() const {
  absl::MutexLock lock(&mutex_);
  std::vector<Share> shares;
  shares.reserve(maps_.size());  // no reallocation: destroying a Share takes the mutex held here
  for (const auto& map : maps_) shares.emplace_back(map, &mutex_);
  return std::make_unique<MemorySnapshot>(std::move(shares));
}

uint64_t MemoryKv::last_commit() const {
  absl::MutexLock lock(&mutex_);
  return commit_;
}

uint64_t MemoryKv::size_bytes() const {
  absl::MutexLock lock(&mutex_);
  return bytes_;
}

void MemoryKv::Crash(size_t kept) {
  absl::MutexLock lock(&mutex_);
  while (unsynced_.size() > kept) {
    UndoBatch& newest = unsynced_.back();
    for (auto undo = newest.rbegin(); undo != newest.rend(); ++undo) Restore(std::move(*undo));
    unsynced_.pop_back();
  }
  unsynced_.clear();  // what survived the crash is on disk
  fail_next_ = absl::OkStatus();
  closed_ = absl::OkStatus();
}

size_t MemoryKv::unsynced_batches() const {
  absl::MutexLock lock(&mutex_);
  return unsynced_.size();
}

void MemoryKv::FailNextWrite(absl::Status status) {
  absl::MutexLock lock(&mutex_);
  fail_next_ = std::move(status);
}

}  // namespace entente::storage
