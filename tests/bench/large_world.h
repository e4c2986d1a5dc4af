// A world as large as the questions are made for: 60 delegations, 15 instruments with 5 000
// commitments between them, three rounds each, and a million entries, corrections and values among
// them; one of the instruments has a register. Seeded: the same seed, the same bytes. Nothing is
// signed, so only a store that checks no signature can hold it.
#pragma once

#include <string>
#include <vector>

#include "node/driver/replica.h"
#include "tests/bench/random.h"
#include "tests/support/ledger_fixture.h"

namespace entente::bench {

struct LargeWorldSize {
  size_t delegations = 60;
  size_t instruments = 15;
  size_t commitments = 5000;  // of all instruments
  size_t entries = 1'000'000;
};

class LargeWorld {
 public:
  explicit LargeWorld(const LargeWorldSize& size);

  // Notes, this node's delegation (the first), the instruments joined, catalogues, reports.
  absl::Status FillInto(driver::Replica& replica);

  std::string InstrumentCode(size_t n) const;
  std::string DelegationCode(size_t n) const;
  base::InstrumentId Instrument(size_t n) const { return charters_[n].id(); }

 private:
  ledger::Entry Unsigned(support::Pen& pen, size_t instrument, const support::Chain& credentials,
                         uint32_t kind, std::string payload);
  absl::Status Store(driver::Replica& replica, std::vector<ledger::Entry> entries);
  absl::Status FillCatalogue(driver::Replica& replica, size_t instrument);
  // Every entry in checkpoints of a few thousand leaves each, all of them final.
  absl::Status FillRegister(driver::Replica& replica);
  absl::Status FillReports(driver::Replica& replica, size_t instrument, size_t delegation,
                           size_t entries);
  std::string ReportPayload(size_t delegation, const std::string& round, size_t commitment,
                            const std::vector<base::EntryId>& supersedes);

  const LargeWorldSize size_;
  Random random_;
  crypto::PrivateKey signer_, desk_, register_, witness_;
  ledger::VerifierKey register_name_, witness_name_;
  std::vector<crypto::PrivateKey> keys_;     // of the delegations
  std::vector<support::Chain> credentials_;  // the secretariat's first, then the delegations'
  std::vector<support::Chain> charters_;
};

// The rounds of every instrument.
inline constexpr const char* kLargeRounds[] = {"R-2015", "R-2016", "R-2017"};
inline constexpr char kLargeIndicator[] = "CLIENTS";
inline constexpr size_t kRegistered = 7;  // the instrument that has a register

}  // namespace entente::bench
