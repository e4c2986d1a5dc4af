#include "node/register/index_rows.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/store/log_reader.h"
#include "node/store/schema.h"

namespace entente::reg {

namespace {

constexpr size_t kIndexBytes = 8;
constexpr size_t kRunBytes = kIndexBytes + 4;

std::string RunPrefix(const LogId& log) { return absl::StrCat("a", log.view()); }

std::string RunKey(const LogId& log, uint64_t arrival) {
  std::string key = RunPrefix(log);
  base::AppendU64(key, arrival);
  return key;
}

std::string IdKey(const EntryId& id, const LogId& log) {
  return absl::StrCat("e", id.view(), log.view());
}

}  // namespace

void IndexWriter::Add(const EntryId& id, uint64_t arrival, uint64_t index) {
  if (arrival == 0) {
    std::string value;
    base::AppendU64(value, index);
    batch_.Put(store::kRegister, IdKey(id, log_), value);
    return;
  }
  if (count_ > 0 && (arrival != arrival_ + 1 || index != index_ + 1)) Finish();
  arrival_ = arrival;
  index_ = index;
  ++count_;
}

void IndexWriter::Finish() {
  if (count_ == 0) return;
  std::string value;
  base::AppendU64(value, index_);
  base::AppendU32(value, std::exchange(count_, 0));
  batch_.Put(store::kRegister, RunKey(log_, arrival_), value);
}

absl::StatusOr<IndexReader::Runs::const_iterator> IndexReader::RunAt(uint64_t arrival) {
  if (const auto known = read_.lower_bound(arrival);
      known != read_.end() && known->first - arrival < known->second.count) {
    return known;
  }
  const std::string prefix = RunPrefix(log_);
  if (rows_ == nullptr) rows_ = snapshot_->Scan(store::kRegister, prefix);
  rows_->Seek(RunKey(log_, arrival));
  if (!rows_->Valid()) {
    RETURN_IF_ERROR(rows_->status());
    return read_.cend();
  }
  const absl::string_view key = rows_->key(), value = rows_->value();
  if (key.size() != prefix.size() + kIndexBytes || value.size() != kRunBytes) {
    return RowDamaged("has another length");
  }
  const Run run{base::ReadU64(value), base::ReadU32(value.substr(kIndexBytes))};
  if (run.count == 0 || run.count - 1 > run.index) return RowDamaged("is of no run");
  return read_.insert_or_assign(base::ReadU64(key.substr(prefix.size())), run).first;
}

absl::StatusOr<uint64_t> IndexReader::ArrivalOf(const EntryId& id) {
  if (arrivals_ == nullptr) return store::LogReader(snapshot_).ArrivalNumberOf(id);
  if (const auto known = arrivals_->Find(id)) return *known;
  ASSIGN_OR_RETURN(const uint64_t number, store::LogReader(snapshot_).ArrivalNumberOf(id));
  if (number > 0) arrivals_->Keep(id, number);
  return number;
}

absl::StatusOr<std::optional<uint64_t>> IndexReader::Of(const EntryId& id) {
  ASSIGN_OR_RETURN(const uint64_t arrival, ArrivalOf(id));
  return Of(id, arrival);
}

absl::StatusOr<std::optional<uint64_t>> IndexReader::Of(const EntryId& id, uint64_t arrival) {
  if (arrival > 0) {
    ASSIGN_OR_RETURN(const auto run, RunAt(arrival));
    if (run != read_.cend() && run->first - arrival < run->second.count) {
      return std::optional<uint64_t>(run->second.index - (run->first - arrival));
    }
  }
  ASSIGN_OR_RETURN(const auto row, snapshot_->Get(store::kRegister, IdKey(id, log_)));
  if (!row) return std::optional<uint64_t>();
  if (row->size() != kIndexBytes) return RowDamaged("has another length");
  return std::optional<uint64_t>(base::ReadU64(*row));
}

}  // namespace entente::reg
