// Whose second signature a report has, and whether one is asked for, by the credentials of its
// delegation (docs/records.md, "Two pairs of eyes"). Whether the signature verifies is settled by
// the report alone (node/meaning/record/second_signature.h).
#pragma once

#include <optional>
#include <string>

#include "node/meaning/record/record.h"
#include "node/meaning/rules/validate.h"
#include "node/query/view/views.h"

namespace entente::query {

// A key enrolled with this role beside others reports with the second signature of a signatory.
inline constexpr char kDualRole[] = "dual";

// E-CLEARED: one is asked for and not there, or it is by nobody who may give it. Enrolment is read
// from the whole chain in force; a signatory's key that ended is good for what was signed before
// its author could know. Nothing: all is well, or the record is none that this is about. A function
// of the set held; in the log it only flags.
std::optional<meaning::Finding> SecondSignerFault(const Views& views,
                                                  const ledger::EntryHeader& header,
                                                  const meaning::Record& record,
                                                  meaning::Moment moment);

// Why this key cannot clear a report of the delegation now; "" when it can.
std::string WhyNoSecondSigner(const Views& views, const ledger::CredentialsView& credentials,
                              const base::PublicKey& key);

}  // namespace entente::query
