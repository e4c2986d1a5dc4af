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

// The run that ends at this arrival or is the first to end after it.
absl::StatusOr<std::optional<uint64_t>> IndexInRuns(const storage::Snapshot& snapshot,
                                                    const LogId& log, uint64_t arrival) {
  const std::string prefix = RunPrefix(log);
  auto it = snapshot.Scan(store::kRegister, prefix);
  it->Seek(RunKey(log, arrival));
  if (!it->Valid()) {
    RETURN_IF_ERROR(it->status());
    return std::optional<uint64_t>();
  }
  const absl::string_view key = it->key(), value = it->value();
  if (key.size() != prefix.size() + kIndexBytes || value.size() != kRunBytes) {
    return RowDamaged("has another length");
  }
  const uint64_t back = base::ReadU64(key.substr(prefix.size())) - arrival;
  const uint64_t index = base::ReadU64(value);
  const uint32_t count = base::ReadU32(value.substr(kIndexBytes));
  if (count == 0 || count - 1 > index) return RowDamaged("is of no run");
  return back < count ? std::optional<uint64_t>(index - back) : std::nullopt;
}

}  // namespace

void IndexWriter::Add(const EntryId& id, uint64_t arrival, uint64_t index) {
  if (arrival == 0) {
    std::string value;
    base::AppendU64(value, index);
    batch_.Put(store::kRegister, IdKey(id, log_), std::move(value));
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
  batch_.Put(store::kRegister, RunKey(log_, arrival_), std::move(value));
}

absl::StatusOr<std::optional<uint64_t>> IndexOf(const storage::Snapshot& snapshot, const LogId& log,
                                                const EntryId& id) {
  ASSIGN_OR_RETURN(const uint64_t arrival, store::LogReader(&snapshot).ArrivalNumberOf(id));
  return IndexOf(snapshot, log, id, arrival);
}

absl::StatusOr<std::optional<uint64_t>> IndexOf(const storage::Snapshot& snapshot, const LogId& log,
                                                const EntryId& id, uint64_t arrival) {
  if (arrival > 0) {
    ASSIGN_OR_RETURN(const auto index, IndexInRuns(snapshot, log, arrival));
    if (index) return index;
  }
  ASSIGN_OR_RETURN(const auto row, snapshot.Get(store::kRegister, IdKey(id, log)));
  if (!row) return std::optional<uint64_t>();
  if (row->size() != kIndexBytes) return RowDamaged("has another length");
  return std::optional<uint64_t>(base::ReadU64(*row));
}

}  // namespace entente::reg
