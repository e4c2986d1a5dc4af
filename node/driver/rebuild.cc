// Views made anew from the log: when this program makes other rows of the same entries than the one
// that wrote the store. In bounded batches; a crash goes on where the last batch ended.
#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "node/base/bytes.h"
#include "node/base/status_macros.h"
#include "node/driver/replica.h"
#include "node/driver/view_rows.h"
#include "node/store/log_reader.h"

namespace entente::driver {

namespace {

constexpr size_t kErasedRows = 16'384;
constexpr storage::Family kViews[] = {store::kSlots, store::kIndex, store::kSetAside};

std::string VersionRow() {
  std::string row;
  base::AppendU32(row, store::kViewVersion);
  return row;
}

}  // namespace

// kMetaRebuilt is there while the views are made anew: the version that does, alone until the old
// ones are gone, then with the place of the last entry whose rows are written.
absl::Status Replica::RebuildViews() {
  const std::string own = VersionRow();
  ASSIGN_OR_RETURN(auto version, kv_->Get(store::kMeta, store::kMetaViewVersion));
  if (version == own) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto rebuilt, kv_->Get(store::kMeta, store::kMetaRebuilt));
  std::string after;
  if (rebuilt && rebuilt->size() > own.size() && absl::StartsWith(*rebuilt, own)) {
    after = rebuilt->substr(own.size());
  } else if (!feeds_.empty()) {
    batch_.Put(store::kMeta, store::kMetaRebuilt, own);
    RETURN_IF_ERROR(EraseViews());
  }
  RETURN_IF_ERROR(RemakeViews(after));
  batch_.Delete(store::kMeta, store::kMetaRebuilt);
  batch_.Put(store::kMeta, store::kMetaViewVersion, own);
  return Flush();
}

absl::Status Replica::EraseViews() {
  for (const storage::Family family : kViews) {
    auto snapshot = kv_->NewSnapshot();
    auto it = snapshot->Scan(family, "");
    for (; it->Valid(); it->Next()) {
      batch_.Delete(family, base::Str(it->key()));
      if (batch_.ops().size() >= kErasedRows) RETURN_IF_ERROR(Flush());
    }
    RETURN_IF_ERROR(it->status());
  }
  return Flush();
}

absl::Status Replica::RemakeViews(const std::string& after) {
  std::vector<uint32_t> numbers;
  for (const auto& [feed, state] : feeds_) numbers.push_back(state.number());
  std::sort(numbers.begin(), numbers.end());
  auto snapshot = kv_->NewSnapshot();
  const store::LogReader log(snapshot.get());
  for (const uint32_t number : numbers) {
    absl::Status failed;
    auto remake = [&](const store::EntryPlace& place, absl::string_view row) {
      const std::string key = store::EntryKey(place.feed, place.sequence, place.id);
      if (key <= after) return true;
      failed = RemakeRows(log, place, row);
      if (failed.ok() && batch_.bytes() >= options_.rebuild_batch_bytes) {
        batch_.Put(store::kMeta, store::kMetaRebuilt, VersionRow() + key);
        failed = Flush();
      }
      return failed.ok();
    };
    RETURN_IF_ERROR(log.ForEachRow(number, 1, remake));
    RETURN_IF_ERROR(failed);
  }
  return absl::OkStatus();
}

absl::Status Replica::RemakeRows(const store::LogReader& log, const store::EntryPlace& place,
                                 absl::string_view row) {
  ASSIGN_OR_RETURN(const Verdict verdict, log.VerdictOf(place));
  if (verdict.status != ledger::Status::kAdmitted) return absl::OkStatus();
  ASSIGN_OR_RETURN(ledger::Entry entry, store::DecodeEntry(row, place.id));
  if (!entry.has_payload) return absl::OkStatus();
  const InstrumentId& instrument = entry.header.instrument;
  StageViewRows(entry, ViewRowsOf(entry, CodeOf(instrument, DelegationOf(entry)), projector_));
  return absl::OkStatus();
}

}  // namespace entente::driver
