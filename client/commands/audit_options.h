// What entente audit is asked, of a node and of a pack alike.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/audit_check.h"
#include "client/audit/audited.h"
#include "client/audit/register_audit.h"
#include "client/audit/register_check.h"
#include "client/audit/round_list.h"
#include "client/context/context.h"
#include "client/signing/submit_run.h"

namespace entente::client {

struct AuditOptions {
  std::string pin, bundle, dir, policy, tsa_ca, evidence_out;
  std::string audited;  // file of an earlier audit, and of this one
  std::string round;    // empty: of no round in particular
  std::vector<std::string> receipts;
  AuthorOptions author;  // without a key nothing is signed
};

absl::StatusOr<NamedReceipts> ReadReceipts(const AuditOptions& o);

// On a terminal, from the second second on.
void ShowAuditProgress(Context& context, uint64_t done, uint64_t total,
                       std::chrono::steady_clock::time_point begun);

// The report; `round`: what --round asks for beside it. Null: it was not asked for.
void EmitAudit(Context& context, nlohmann::ordered_json object, const std::string& text,
               const RoundList* round, const RegisterReport& reg);

// To --evidence-out, where there is a proof.
absl::Status WriteEvidence(Context& context, const AuditOptions& o, const AuditReport& report,
                           const RegisterReport& reg);

// Nothing: no file is named, or there is none yet. FILE_DAMAGED, or of another instrument.
absl::StatusOr<std::optional<Audited>> ReadAudited(const AuditOptions& o,
                                                   const base::InstrumentId& instrument);
// For the next audit, after one without findings; what is remembered already stays where it goes
// further.
absl::Status RememberAudited(Context& context, const AuditOptions& o, const Audited& audited,
                             bool clean);

// A pack in a folder or a file, without any node.
absl::StatusOr<Exit> RunPackAudit(Context& context, const AuditOptions& o);

}  // namespace entente::client
