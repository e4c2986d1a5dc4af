#include "client/audit/register_audit.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "node/tlog/receipt.h"

namespace entente::client {

void LogLeaves::Add(std::vector<CheckedEntry> checked) {
  for (CheckedEntry& entry : checked) {
    ids.push_back(entry.leaf_hash);
    if (entry.seen_size > 0) claims.push_back(std::move(entry));
  }
}

RegisterReport AuditRegister(const ExportedRegister& exported, LogLeaves log,
                             const BroughtAlong& brought, AuditCheck& check,
                             std::vector<std::string>& remarks) {
  const size_t final = NewestFinal(exported.checkpoints, brought.policy);
  RegisterCheck reg(brought.policy,
                    [&check](std::string code, std::string where, std::string text) {
                      check.Find(std::move(code), std::move(where), std::move(text));
                    });
  const tlog::SignedCheckpoint& newest = exported.checkpoints[final];
  const uint64_t size = std::min<uint64_t>(newest.checkpoint.size, exported.leaves.size());
  std::map<base::Digest, const CheckedEntry*> claims;
  for (const CheckedEntry& entry : log.claims) claims[entry.leaf_hash] = &entry;
  std::sort(log.ids.begin(), log.ids.end());
  uint64_t missing = 0;
  std::vector<std::pair<uint64_t, const CheckedEntry*>> placed;
  for (uint64_t i = 0; i < size; ++i) {
    const base::Digest leaf{exported.leaves[i].bytes};
    reg.AddLeaf(leaf);
    missing += !std::binary_search(log.ids.begin(), log.ids.end(), leaf);
    if (auto claim = claims.find(leaf); claim != claims.end())
      placed.emplace_back(i, claim->second);
  }
  reg.CheckNewest(newest.File());
  for (size_t i = 0; i <= final; ++i) {
    reg.CheckArchived(exported.checkpoints[i].checkpoint.size, exported.checkpoints[i].File());
  }
  if (final + 1 < exported.checkpoints.size()) {
    remarks.push_back(absl::StrCat(exported.checkpoints.size() - 1 - final,
                                   " newer checkpoints wait for their witnesses"));
  }
  for (const auto& [index, claim] : placed) reg.CheckSeen(index, *claim);
  if (brought.audited && brought.audited->size <= size) {
    reg.CheckAudited(*brought.audited);
  } else if (brought.audited) {
    remarks.push_back(TooShortForAudited(*brought.audited, size));
  }
  for (const auto& [name, text] : brought.receipts) {
    const auto receipt = tlog::ParseReceipt(text);
    if (receipt.ok() && receipt->checkpoint.checkpoint.size > size) {
      remarks.push_back(
          absl::StrCat(name, " is of a checkpoint of ", receipt->checkpoint.checkpoint.size,
                       " entries, newer than the one checked: sync and run it again"));
    } else {
      reg.CheckReceipt(name, text);
    }
  }
  for (size_t i = 0; i < exported.evidence.size(); ++i) {
    reg.CheckAccusation(absl::StrCat("evidence ", i + 1), exported.evidence[i]);
  }
  if (missing > 0) {
    remarks.push_back(absl::StrCat(missing, " entries of the register are not held here yet"));
  }
  if (log.ids.size() + missing > size) {
    remarks.push_back(absl::StrCat(log.ids.size() + missing - size,
                                   " entries held here are not in that checkpoint yet"));
  }
  return std::move(reg.report());
}

}  // namespace entente::client
