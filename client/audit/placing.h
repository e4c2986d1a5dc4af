// Where the entries of a log stand in a register, and which stand in one of them only. Goes on from
// an earlier audit's answer, or begins with nothing.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "client/audit/audit_check.h"
#include "client/audit/audited.h"

namespace entente::client {

class Placing {
 public:
  // What was read of the log, any order; `before` null: it is all there is. Both outlive this.
  Placing(const std::vector<CheckedEntry>& read, const AuditedPlaces* before);

  // The register's next leaf, in order.
  void Leaf(uint64_t index, const base::Digest& leaf);
  // After the last one.
  void Finish();

  // Entries that stand there now, and claim to have seen the register; with their index.
  using Claims = std::vector<std::pair<uint64_t, const CheckedEntry*>>;
  const Claims& claims() const { return claims_; }
  const std::map<uint64_t, base::EntryId>& missing() const { return missing_; }
  // For the next audit; the edge is not its business. `why_not`: there is nothing to go on from.
  AuditedPlaces Remember(std::string& why_not) const;

 private:
  void Place(uint64_t index, size_t at);

  const std::vector<CheckedEntry>& read_;
  std::vector<std::pair<base::Digest, size_t>> by_hash_;  // of read_, ascending
  std::vector<bool> placed_;                              // of read_
  std::map<base::Digest, WaitingEntry> waiting_;          // of before, not read again
  std::map<uint64_t, base::EntryId> missing_;
  Claims claims_;
  std::deque<CheckedEntry> waited_;  // some of claims_
  bool aside_placed_ = false;
};

}  // namespace entente::client
