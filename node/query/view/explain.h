// What authority says about keys, entries and chains, in words for people: which act ended a key
// and when, why an entry does not count and what to do, who signed both sides of a fork. Dates are
// what the notes claim.
#pragma once

#include <string>

#include "node/query/view/views.h"
#include "node/store/schema.h"

namespace entente::query {

struct Explanation {
  std::string why;   // "outside revoke (lost) of 2026-11-22, note 5: counts up to number 12"
  std::string todo;  // "" where nothing is to be done
};
// `delegation` is the one whose credentials the feed's first entry names.
Explanation Explain(const Views& views, const ledger::FeedKey& feed,
                    const base::DelegationId& delegation, const store::EntryPlace& place,
                    const ledger::Verdict& verdict);

}  // namespace entente::query
