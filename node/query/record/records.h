// Listing and showing records: reports, commitments, chapters, indicators, rounds, interventions;
// one record with its heads; its history; conflicts; where an entry is held; what a delegation
// owes.
#pragma once

#include <string>

#include "entente/v1/local.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// INVALID_ARGUMENT for an unknown kind, with the known ones. Pages of at most 1000 rows. `now_ms`
// says in which state a round is shown.
absl::StatusOr<v1::Table> ListRecords(const Views& views, const v1::ListRecordsRequest& request,
                                      uint64_t now_ms);

// The slot a reference of this instrument names; also one of an entry held here, by the first 8 or
// more hex digits of its id. INVALID_ARGUMENT with the accepted forms.
absl::StatusOr<std::string> SlotOfText(const Views& views, absl::string_view reference);

// The reference that tables show of a slot: 8 digits for a record that has no name but the id of
// its entry, as SlotOfText takes them.
std::string ShownReference(const Views& views, absl::string_view slot);

// NOT_FOUND_RECORD, in the words of the state that was asked about: now, or then.
absl::Status NothingUnder(const Views& views, absl::string_view reference);

// "submitted", "accepted", "conflict"... of a report's slot; "" of any other.
absl::StatusOr<std::string> StateOfSlot(const Views& views, const std::string& slot_text,
                                        const v1::SlotValue& slot);

absl::StatusOr<v1::Record> GetRecord(const Views& views, absl::string_view reference);
absl::StatusOr<v1::Table> History(const Views& views, absl::string_view reference);
absl::StatusOr<v1::Table> Conflicts(const Views& views, const std::string& delegation);
// Here, and which peers are known to hold it. `reference` may be an entry id in hex (8 characters
// or more).
absl::StatusOr<v1::Table> Where(const Views& views, absl::string_view reference);

// The entry a reference names, or the first digits of its id.
absl::StatusOr<store::EntryPlace> PlaceOf(const Views& views, absl::string_view text);

// Label of a key in its delegation's credentials, else its short hex.
std::string KeyLabel(const Views& views, const std::string& delegation_code, absl::string_view key);

}  // namespace entente::query
