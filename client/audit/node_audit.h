// The audit of a node: its log, the register as far as it has it, and what it tells its people.
// After an audit whose outcome is at hand only what is new is read, as long as that is clean and
// goes on from what was there; else everything, so that findings are always those of a whole audit.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/audit/audit_check.h"
#include "client/audit/audit_report.h"
#include "client/audit/audited.h"
#include "client/audit/register_audit.h"
#include "client/audit/round_list.h"
#include "client/audit/view_audit.h"
#include "client/context/context.h"

namespace entente::client {

struct NodeAuditOptions {
  std::string code;                    // of the instrument
  std::string pin;                     // its id in hex; empty: not known from elsewhere
  std::optional<tlog::Policy> policy;  // from outside; none: the charter's own
  NamedReceipts receipts;
  // What an earlier audit by the same hand left.
  std::function<absl::StatusOr<std::optional<Audited>>(const base::InstrumentId&)> audited;
  RoundList* round = nullptr;  // to fill: everything is read then
  bool sign = false;           // a statement is wanted: it is about all of the log
  std::function<void(uint64_t done, uint64_t total)> progress;  // entries
};

struct NodeAudit {
  base::InstrumentId instrument;
  AuditReport report;
  RegisterReport reg;
  AuditSubject subject;
  // From the node's log, here; or why not.
  absl::StatusOr<v1::RebuiltViews> made = absl::UnavailableError("not made");
  // For the next audit; worth keeping if there are no findings. Without a log: `why_no_log`.
  Audited next;
  std::string why_no_log;
};

// UNKNOWN_INSTRUMENT. VERIFICATION_FAILED: another instrument than pinned.
absl::StatusOr<NodeAudit> AuditNode(Context& context, const NodeAuditOptions& options);

}  // namespace entente::client
