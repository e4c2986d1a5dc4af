#include "client/audit/register_audit.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "client/audit/placing.h"
#include "node/tlog/receipt.h"

namespace entente::client {

namespace {

class RegisterAuditor {
 public:
  RegisterAuditor(const ExportedRegister& exported, const LogLeaves& log,
                  const BroughtAlong& brought, AuditCheck& check, std::vector<std::string>& remarks)
      : exported_(exported),
        brought_(brought),
        remarks_(remarks),
        held_(log.entries.size() + brought.not_read),
        final_(NewestFinal(exported.checkpoints, brought.policy)),
        placing_(log.entries, brought.go_on ? &brought.audited->log->places : nullptr),
        reg_(
            brought.policy,
            [&check](std::string code, std::string where, std::string text) {
              check.Find(std::move(code), std::move(where), std::move(text));
            },
            Begun(brought)) {}

  RegisterReport Run() {
    ReadLeaves();
    ProveSmallerRoots();
    CheckCheckpoints();
    for (const auto& [index, claim] : placing_.claims()) reg_.CheckSeen(index, *claim);
    CompareWithAudited();
    CheckReceipts();
    for (size_t i = 0; i < exported_.evidence.size(); ++i) {
      reg_.CheckAccusation(absl::StrCat("evidence ", i + 1), exported_.evidence[i]);
    }
    RemarkOneSided();
    RegisterReport& report = reg_.report();
    report.places = placing_.Remember(report.no_places);
    report.places.edge = reg_.range().edge();
    return std::move(report);
  }

 private:
  static tlog::CompactRange Begun(const BroughtAlong& brought) {
    if (!brought.go_on) return {};
    return *tlog::CompactRange::FromEdge(brought.audited->size, brought.audited->log->places.edge);
  }

  void ReadLeaves() {
    const uint64_t end = exported_.from + exported_.leaves.size();
    size_ = std::min<uint64_t>(exported_.checkpoints[final_].checkpoint.size, end);
    for (uint64_t i = exported_.from; i < size_; ++i) {
      const base::Digest leaf{exported_.leaves[i - exported_.from].bytes};
      reg_.AddLeaf(leaf);
      placing_.Leaf(i, leaf);
    }
    placing_.Finish();
  }

  // Of the tree below where the earlier audit ended only the edge is here: what new entries and the
  // auditor's own receipts cite from there has to be shown by the register.
  void ProveSmallerRoots() {
    std::set<uint64_t> sizes;
    auto add = [&](uint64_t size) {
      if (size > 0 && size < exported_.from) sizes.insert(size);
    };
    for (const auto& [index, claim] : placing_.claims()) add(claim->seen_size);
    for (const auto& [name, text] : brought_.receipts) {
      const auto receipt = tlog::ParseReceipt(text);
      if (receipt.ok()) add(receipt->checkpoint.checkpoint.size);
    }
    if (sizes.empty() || size_ < exported_.from) return;
    const std::vector<uint64_t> wanted(sizes.begin(), sizes.end());
    const auto proofs = brought_.prove(wanted, size_);
    for (size_t i = 0; proofs.ok() && i < wanted.size() && i < proofs->size(); ++i) {
      const auto root = tlog::ProvenRoot(wanted[i], size_, reg_.range().Root(), (*proofs)[i]);
      if (root) reg_.Know(wanted[i], *root);
    }
  }

  void CheckCheckpoints() {
    reg_.CheckNewest(exported_.checkpoints[final_].File());
    for (size_t i = 0; i <= final_; ++i) {
      reg_.CheckArchived(exported_.checkpoints[i].checkpoint.size, exported_.checkpoints[i].File());
    }
    if (final_ + 1 < exported_.checkpoints.size()) {
      remarks_.push_back(absl::StrCat(exported_.checkpoints.size() - 1 - final_,
                                      " newer checkpoints wait for their witnesses"));
    }
  }

  // One that goes on begins with the earlier audit's tree: the newest checkpoint shows it.
  void CompareWithAudited() {
    if (!brought_.audited || brought_.go_on) return;
    if (brought_.audited->size <= size_) {
      reg_.CheckAudited(*brought_.audited);
    } else {
      remarks_.push_back(TooShortForAudited(*brought_.audited, size_));
    }
  }

  void CheckReceipts() {
    for (const auto& [name, text] : brought_.receipts) {
      const auto receipt = tlog::ParseReceipt(text);
      if (receipt.ok() && receipt->checkpoint.checkpoint.size > size_) {
        remarks_.push_back(
            absl::StrCat(name, " is of a checkpoint of ", receipt->checkpoint.checkpoint.size,
                         " entries, newer than the one checked: sync and run it again"));
      } else {
        reg_.CheckReceipt(name, text);
      }
    }
  }

  void RemarkOneSided() {
    const uint64_t missing = placing_.missing().size();
    if (missing > 0) {
      remarks_.push_back(absl::StrCat(missing, " entries of the register are not held here yet"));
    }
    if (held_ + missing > size_) {
      remarks_.push_back(absl::StrCat(held_ + missing - size_,
                                      " entries held here are not in that checkpoint yet"));
    }
  }

  const ExportedRegister& exported_;
  const BroughtAlong& brought_;
  std::vector<std::string>& remarks_;
  const uint64_t held_;
  const size_t final_;
  uint64_t size_ = 0;
  Placing placing_;
  RegisterCheck reg_;
};

}  // namespace

void LogLeaves::Add(std::vector<CheckedEntry> checked) {
  entries.insert(entries.end(), std::make_move_iterator(checked.begin()),
                 std::make_move_iterator(checked.end()));
}

RegisterReport AuditRegister(const ExportedRegister& exported, const LogLeaves& log,
                             const BroughtAlong& brought, AuditCheck& check,
                             std::vector<std::string>& remarks) {
  return RegisterAuditor(exported, log, brought, check, remarks).Run();
}

}  // namespace entente::client
