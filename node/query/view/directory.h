// Who is who: the delegations of an instrument with their roles, and the keys that speak for them.
#pragma once

#include "entente/v1/local.pb.h"
#include "node/query/view/views.h"

namespace entente::query {

// UNKNOWN_DELEGATION names those admitted, and the nearest. "" is all of them, and OK.
absl::Status CheckAdmitted(const Views& views, const std::string& delegation_code);

// Whose key this is: its label in the credentials, else its first digits; "" for what is no key.
// Credentials that are not held are null.
std::string LabelIn(const ledger::CredentialsView* credentials, absl::string_view key);

v1::Table Delegations(const Views& views);
// Keys of one delegation (or all): label, roles, fingerprint, since which note, and what closed
// them.
absl::StatusOr<v1::Table> Keys(const Views& views, const std::string& delegation_code);

}  // namespace entente::query
