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

// Findings go to `check`; `receipts` come from outside and have to be honoured. `remarks`: entries
// on one side only, which is lawful while a node lags.
RegisterReport AuditRegister(const ExportedRegister& exported, LogLeaves log,
                             std::optional<tlog::Policy> policy, const NamedReceipts& receipts,
                             AuditCheck& check, std::vector<std::string>& remarks);

}  // namespace entente::client
