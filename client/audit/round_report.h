// What an audit says of one round beside its own report, for people and for programs.
#pragma once

#include <nlohmann/json.hpp>

#include "client/audit/audit_check.h"
#include "client/audit/register_check.h"
#include "client/audit/round_list.h"
#include "entente/v1/local.pb.h"

namespace entente::client {

// Remarks and what was not checked; nothing here is a finding.
void SayOfRound(const RoundList& list, AuditReport& report);

// Field names are stable (docs/operations.md, "Audit").
nlohmann::ordered_json RoundJson(const RoundList& list, const RegisterReport& reg);
v1::Table RoundTable(const RoundList& list, const RegisterReport& reg);

}  // namespace entente::client
