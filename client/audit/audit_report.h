// The report of an audit, for people and for programs; the same words whether a node or a pack was
// audited.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "client/audit/audit_check.h"
#include "client/audit/register_check.h"

namespace entente::client {

struct AuditSubject {
  std::string code, id;                      // of the instrument; id in hex
  std::string frontier_digest, view_digest;  // in hex; empty: not known
  bool views_recomputed = false;             // from the log, and they are these
};

uint64_t CountOf(const AuditReport& report, ledger::Status status);

// Field names are stable (docs/operations.md, "Audit").
nlohmann::ordered_json AuditJson(const AuditReport& report, const RegisterReport& reg,
                                 const AuditSubject& subject);
std::string AuditText(const AuditReport& report, const RegisterReport& reg,
                      const AuditSubject& subject);

}  // namespace entente::client
