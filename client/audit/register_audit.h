// The register of a node, checked against the node's own log: order, checkpoints, and what authors
// say they had seen.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "client/audit/audit_check.h"
#include "client/audit/register_check.h"
#include "client/audit/register_reader.h"
#include "node/tlog/policy.h"

namespace entente::client {

// What an audit of the log learnt about each entry it read; any order.
struct LogLeaves {
  std::vector<CheckedEntry> entries;
  void Add(std::vector<CheckedEntry> checked);
};

using NamedReceipts = std::vector<std::pair<std::string, std::string>>;  // name, text

// Nodes that lead from smaller sizes, each below `to`, to the root at `to`: for tlog::ProvenRoot.
using RootProver = std::function<absl::StatusOr<std::vector<tlog::Proof>>(
    const std::vector<uint64_t>& sizes, uint64_t to)>;

// What the auditor brings.
struct BroughtAlong {
  std::optional<tlog::Policy> policy;
  NamedReceipts receipts;  // have to be honoured
  std::optional<Audited> audited;
  // To go on from it: it has a log, the export begins at its size, and of that log's entries so
  // many were not read again.
  bool go_on = false;
  uint64_t not_read = 0;
  RootProver prove;
};

// Findings go to `check`. `remarks`: entries on one side only, which is lawful while a node lags.
// REQUIRES: the export has checkpoints.
RegisterReport AuditRegister(const ExportedRegister& exported, const LogLeaves& log,
                             const BroughtAlong& brought, AuditCheck& check,
                             std::vector<std::string>& remarks);

}  // namespace entente::client
