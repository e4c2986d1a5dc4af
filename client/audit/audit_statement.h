// The report of an audit as a record of the instrument: who checked what, over which set, up to
// which checkpoint, and what he found.
#pragma once

#include <string>

#include "client/audit/audit_check.h"
#include "client/audit/register_check.h"
#include "entente/v1/operator.pb.h"
#include "entente/v1/payload.pb.h"

namespace entente::client {

// `made`: the digests of the set as they were made here from the log; nothing that a node only told
// goes into a statement. Findings beyond the bounds of a record are counted in a last one, MORE.
v1::AuditStatement StatementOf(const AuditReport& report, const RegisterReport& reg,
                               const v1::RebuiltViews& made);

// One line for whoever is to sign it.
std::string StatementInWords(const std::string& code, const v1::AuditStatement& statement);

}  // namespace entente::client
