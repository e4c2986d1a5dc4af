// Which nodes of other delegations are known to hold an entry, and by what that is known.
#pragma once

#include "node/query/view/table.h"
#include "node/query/view/views.h"

namespace entente::query {

// One row for each node that was met, or of which anything is known: by a contact, by a file from
// it, or because the entry came from there.
absl::Status AddHolders(const Views& views, const ledger::FeedKey& feed,
                        const store::EntryPlace& place, TableBuilder& table);

}  // namespace entente::query
