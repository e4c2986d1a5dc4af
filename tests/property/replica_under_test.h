// A real replica over a store in memory, given records as peers and bundles bring them, and read
// from outside: what its disk says counts, what its views show.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "node/driver/replica.h"
#include "storage/memory_kv.h"
#include "tests/property/status_oracle.h"

namespace entente::oracle {

// Everything two nodes compare, in words that show the difference.
using Digests = std::map<std::string, base::Digest>;
using Verdicts = std::map<base::EntryId, ledger::Verdict>;

class ReplicaUnderTest {
 public:
  // Joins every instrument whose first charter note is among the records: nodes start from an
  // invitation. The rest is not given.
  explicit ReplicaUnderTest(const std::vector<Record>& invitations);

  // In this order: neighbours of one sort come in one frame. Durable afterwards.
  driver::IngestReport Give(const std::vector<Record>& records);
  driver::IngestReport Give(const Record& record) { return Give(std::vector<Record>{record}); }
  // Through the node of the author. Durable if OK.
  absl::Status Submit(const std::vector<ledger::Entry>& entries);
  // Power loss and start.
  void Restart();

  // Of every entry that is held, not of those that wait aside.
  Verdicts Held() const;
  // 'A' as LetterOf; '-' if not held.
  char Letter(const base::EntryId& id) const;
  // Views, frontier and authority of every joined instrument.
  Digests Compared();
  const storage::MemoryKv& kv() const { return kv_; }
  driver::Replica& replica() { return *replica_; }

 private:
  void Open();

  storage::MemoryKv kv_;
  std::unique_ptr<driver::Replica> replica_;
};

}  // namespace entente::oracle
