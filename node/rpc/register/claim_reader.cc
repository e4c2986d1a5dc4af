#include "node/rpc/register/claim_reader.h"

#include "node/base/status_macros.h"
#include "node/register/rows.h"
#include "node/store/log_reader.h"

namespace entente::rpc {

absl::Status ClaimReader::Read(const base::InstrumentId& instrument, uint64_t after, size_t max,
                               Claims& claims) {
  through_ = after;
  const store::LogReader log(&snapshot_);
  absl::Status failed;
  size_t looked_at = 0;
  RETURN_IF_ERROR(log.ForEachArrival(after, [&](const store::Arrival& arrival) {
    if (looked_at++ >= max) return false;
    auto header = log.Header(arrival.place);
    failed = header.status();
    if (!failed.ok()) return false;
    through_ = arrival.number;
    if (header->instrument == instrument && header->seen_size > 0) {
      claims[arrival.place.id] = {header->seen_size, header->seen_root};
    }
    return true;
  }));
  RETURN_IF_ERROR(failed);
  Claims ahead;
  for (const auto& [id, claim] : claims) {
    if (claim.first > head_.leaves) {
      ahead[id] = claim;
    } else {
      RETURN_IF_ERROR(Compare(id, claim.first, claim.second));
    }
  }
  claims = std::move(ahead);
  return absl::OkStatus();
}

absl::Status ClaimReader::Compare(const base::EntryId& id, uint64_t size,
                                  const base::Digest& root) {
  if (size != known_size_) {
    ASSIGN_OR_RETURN(known_root_,
                     tlog::RootOf(size, reg::NodesOf(reg::GetFrom(&snapshot_), head_.log, size)));
    known_size_ = size;
  }
  if (root != known_root_ && !OfEarlierRegister(size, root)) bad_.emplace_back(id, size);
  return absl::OkStatus();
}

// Entries do not say which register they saw. One before the present one whose tree is not held to
// that size gets the benefit of the doubt.
bool ClaimReader::OfEarlierRegister(uint64_t size, const base::Digest& root) const {
  for (const ledger::VerifierKey& key : head_.trust.ever) {
    const reg::LogId log = reg::LogOf(key);
    if (log == head_.log) continue;
    auto held = tlog::RootOf(size, reg::NodesOf(reg::GetFrom(&snapshot_), log, size));
    if (!held.ok() || *held == root) return true;
  }
  return false;
}

}  // namespace entente::rpc
