// What a register claims, checked against all its entries: checkpoints, proofs, tiles, receipts and
// what authors say they had seen of it. Pure: bytes in, findings out.
//
// Codes: ROOT, QUORUM, CHECKPOINT, CONSISTENCY, TILE, BUNDLE, RECEIPT, SEEN, EQUIVOCATION, AUDITED.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "client/audit/audit_check.h"
#include "client/audit/audited.h"
#include "node/tlog/memory_tree.h"
#include "node/tlog/policy.h"

namespace entente::client {

// What was checked, and the newest checkpoint, for the report.
struct RegisterReport {
  bool checked = false;
  tlog::Checkpoint newest;
  std::vector<tlog::SignedBy> witnesses;  // of the newest, verified
  bool quorum = false;
  uint64_t existed_before = 0;  // POSIX seconds, of all entries; 0: no quorum dates the newest
  uint64_t tiles = 0, checkpoints = 0, consistency_proofs = 0, receipts = 0, seen_claims = 0;
  uint64_t timestamps = 0, payloads = 0, payloads_missing = 0, attachments = 0,
           attachments_missing = 0;
  // Verified checkpoints whose quorum is met, by size: when it was, in POSIX seconds; 0: none is
  // asked for.
  std::map<uint64_t, uint64_t> dated;
  // Portable proofs against the register that the check itself made; at most 16.
  std::vector<std::string> evidence;
  AuditedPlaces places;   // for the next audit of a node
  std::string no_places;  // why there are none for it
};

// The newest of these, ascending by size, whose quorum is met; later ones still wait for their
// witnesses. Where none is, or no policy says: the last. REQUIRES: not empty.
size_t NewestFinal(const std::vector<tlog::SignedCheckpoint>& checkpoints,
                   const std::optional<tlog::Policy>& policy);

class RegisterCheck {
 public:
  using Sink = std::function<void(std::string code, std::string where, std::string text)>;

  // Without a policy nobody's signature counts: QUORUM says so once. `begun`: an earlier audit
  // checked the leaves up to its size, and they are not added again; of what lies below it no tiles
  // and bundles can be checked, and of smaller checkpoints only those whose root is known.
  RegisterCheck(std::optional<tlog::Policy> policy, Sink find, tlog::CompactRange begun = {});

  // In order; then the rest.
  void AddLeaf(const base::Digest& leaf_hash) { tree_.Append(leaf_hash); }
  uint64_t leaves() const { return tree_.size(); }
  const tlog::CompactRange& range() const { return tree_.range(); }
  // Proven: the tree had this root at a size below `begun`.
  void Know(uint64_t size, const base::Digest& root) { roots_[size] = root; }

  // First of all: the newest checkpoint, over exactly the leaves added.
  void CheckNewest(absl::string_view file);
  // `size`: as the archive names it.
  void CheckArchived(uint64_t size, absl::string_view file);
  void CheckConsistency(uint64_t from, uint64_t to, absl::string_view body);
  void CheckHashTile(const tlog::Tile& tile, absl::string_view bytes);
  // A bundle of a smaller tree.
  void CheckOlderBundle(const tlog::Tile& tile, absl::string_view bytes);
  void CheckReceipt(const std::string& where, absl::string_view file);
  void CheckSeen(uint64_t index, const CheckedEntry& entry);
  // What an earlier audit verified are the first of these entries. REQUIRES: it is no larger.
  void CheckAudited(const Audited& audited);
  // A file that accuses somebody: proven, it is a finding.
  void CheckAccusation(const std::string& where, absl::string_view file);

  RegisterReport& report() { return report_; }

 private:
  // Signed by the register, and a prefix of the tree. Otherwise found as `code`.
  std::optional<tlog::PolicyVerdict> CheckPrefix(const char* code, const std::string& where,
                                                 const tlog::SignedCheckpoint& checkpoint);
  void Accuse(const tlog::PolicyVerdict& verdict, const tlog::SignedCheckpoint& other);
  const base::Digest& RootAt(uint64_t size);

  const std::optional<tlog::Policy> policy_;
  const Sink find_;
  tlog::MemoryTree tree_;
  std::optional<tlog::SignedCheckpoint> newest_;  // that holds
  std::map<uint64_t, base::Digest> roots_;        // asked for before
  RegisterReport report_;
};

}  // namespace entente::client
