// The register of a node, checked against the node's own log: order, checkpoints, and what authors
// say they had seen.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "client/audit/audit_check.h"
#include "client/audit/register_check.h"
#include "client/audit/register_reader.h"
#include "node/tlog/policy.h"

namespace entente::client {

// What an audit of the log learnt about each entry; any order.
struct LogLeaves {
  std::vector<base::Digest> ids;
  std::vector<CheckedEntry> claims;  // those with a seen claim
  void Add(std::vector<CheckedEntry> checked);
};

using NamedReceipts = std::vector<std::pair<std::string, std::string>>;  // name, text

// What the auditor brings.
struct BroughtAlong {
  std::optional<tlog::Policy> policy;
  NamedReceipts receipts;  // have to be honoured
  std::optional<Audited> audited;
};

// Findings go to `check`. `remarks`: entries on one side only, which is lawful while a node lags.
RegisterReport AuditRegister(const ExportedRegister& exported, LogLeaves log,
                             const BroughtAlong& brought, AuditCheck& check,
                             std::vector<std::string>& remarks);

}  // namespace entente::client
