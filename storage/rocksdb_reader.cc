#include "storage/rocksdb_reader.h"

#include <utility>

#include "storage/bounds.h"
#include "storage/rocksdb_status.h"

namespace entente::storage {

namespace {

using Row = std::pair<std::string, std::string>;

constexpr size_t kReadAhead = 256 << 10;

// A RocksDB iterator bounded to the keys with one prefix, with the memory its bounds need. Without
// a family it is never valid and reports the error it was made with.
class RocksIterator : public Iterator {
 public:
  enum class Start { kFirst, kLast };
  enum class Reach { kNear, kFar };

  RocksIterator(rocksdb::DB* db, const OpenFamily& family, const rocksdb::Snapshot* snapshot,
                absl::string_view prefix, Start start, Reach reach)
      : begin_(prefix.data(), prefix.size()),
        end_(PrefixEnd(prefix)),
        lower_(begin_),
        upper_(end_) {
    rocksdb::ReadOptions read;
    read.snapshot = snapshot;
    read.iterate_lower_bound = &lower_;
    if (!end_.empty()) read.iterate_upper_bound = &upper_;
    // The prefix filter only helps, and only holds, if the whole range shares the filtered prefix;
    // and stepping backwards needs the total order.
    read.total_order_seek = start == Start::kLast || begin_.size() < family.prefix_length;
    if (reach == Reach::kFar) {
      read.readahead_size = kReadAhead;
      read.fill_cache = false;
    }
    iterator_.reset(db->NewIterator(read, family.handle));
    if (start == Start::kLast) {
      iterator_->SeekToLast();
    } else {
      iterator_->Seek(lower_);
    }
  }
  explicit RocksIterator(absl::Status error) : error_(std::move(error)) {}

  bool Valid() const override { return iterator_ && !past_ && iterator_->Valid(); }
  void Next() override { iterator_->Next(); }
  void Seek(absl::string_view key) override {
    if (!iterator_) return;
    const rocksdb::Slice target = ToSlice(key);
    // The prefix filter must not be asked for a key outside the range.
    past_ = !end_.empty() && target.compare(upper_) >= 0;
    if (!past_) iterator_->Seek(target.compare(lower_) < 0 ? lower_ : target);
  }
  absl::string_view key() const override { return ToView(iterator_->key()); }
  absl::string_view value() const override { return ToView(iterator_->value()); }
  absl::Status status() const override {
    return iterator_ ? FromRocks(iterator_->status(), "read the store") : error_;
  }

 private:
  const std::string begin_, end_;
  const rocksdb::Slice lower_, upper_;  // views of the two above
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool past_ = false;  // Seek() went beyond the range
  absl::Status error_;
};

class RocksSnapshot : public Snapshot {
 public:
  RocksSnapshot(rocksdb::DB* db, const std::vector<OpenFamily>& families)
      : db_(db), families_(families), snapshot_(db->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }

  absl::StatusOr<std::optional<std::string>> Get(Family family,
                                                 absl::string_view key) const override {
    if (absl::Status known = CheckFamily(family, families_.size()); !known.ok()) return known;
    return ReadKey(db_, families_[family], snapshot_, key);
  }

  std::unique_ptr<Iterator> Scan(Family family, absl::string_view prefix) const override {
    return Ascending(family, prefix, RocksIterator::Reach::kNear);
  }

  std::unique_ptr<Iterator> ScanOn(Family family, absl::string_view prefix) const override {
    return Ascending(family, prefix, RocksIterator::Reach::kFar);
  }

  absl::StatusOr<std::optional<Row>> Last(Family family, absl::string_view prefix) const override {
    if (absl::Status known = CheckFamily(family, families_.size()); !known.ok()) return known;
    RocksIterator last(db_, families_[family], snapshot_, prefix, RocksIterator::Start::kLast,
                       RocksIterator::Reach::kNear);
    if (!last.Valid()) {
      if (absl::Status status = last.status(); !status.ok()) return status;
      return std::optional<Row>();
    }
    const absl::string_view key = last.key(), value = last.value();
    return std::optional<Row>(
        Row(std::string(key.data(), key.size()), std::string(value.data(), value.size())));
  }

 private:
  std::unique_ptr<Iterator> Ascending(Family family, absl::string_view prefix,
                                      RocksIterator::Reach reach) const {
    if (absl::Status known = CheckFamily(family, families_.size()); !known.ok()) {
      return std::make_unique<RocksIterator>(std::move(known));
    }
    return std::make_unique<RocksIterator>(db_, families_[family], snapshot_, prefix,
                                           RocksIterator::Start::kFirst, reach);
  }

  rocksdb::DB* const db_;
  const std::vector<OpenFamily>& families_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace

absl::StatusOr<std::optional<std::string>> ReadKey(rocksdb::DB* db, const OpenFamily& family,
                                                   const rocksdb::Snapshot* snapshot,
                                                   absl::string_view key) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  std::string value;
  const rocksdb::Status status = db->Get(read, family.handle, ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return FromRocks(status, "read the store");
  return std::optional<std::string>(std::move(value));
}

std::unique_ptr<const Snapshot> MakeRocksSnapshot(rocksdb::DB* db,
                                                  const std::vector<OpenFamily>& families) {
  return std::make_unique<RocksSnapshot>(db, families);
}

}  // namespace entente::storage
