// Entries that are held and do not count, of one instrument: pending, quarantined, displaced,
// disputed, invalid; and those that count by an adopt. They are in no view, so they are read from
// the log, by their status rows.
#pragma once

#include <functional>

#include "entente/v1/local.pb.h"
#include "node/query/view/views.h"
#include "node/store/schema.h"

namespace entente::query {

struct Uncounted {
  ledger::FeedKey feed;
  base::DelegationId delegation;
  store::EntryPlace place;
  ledger::Verdict verdict;
};
// In feed order, ascending by number; the callback returns false to stop. Costs a read per status
// row.
absl::Status ForEachUncounted(const Views& views,
                              const std::function<bool(const Uncounted&)>& visit);

struct UncountedRecord {
  Uncounted at;
  ledger::Entry entry;
  std::string delegation;  // code
  std::string slot;        // "" when this version cannot read it
};
absl::StatusOr<UncountedRecord> ReadUncounted(const Views& views, const Uncounted& at);

// Those of one slot.
absl::StatusOr<std::vector<UncountedRecord>> UncountedOfSlot(const Views& views,
                                                             absl::string_view slot);

// All that do not count, with why and what to do: `report list --uncounted`.
absl::StatusOr<v1::Table> ListUncounted(const Views& views, const v1::ListRecordsRequest& request);

}  // namespace entente::query
