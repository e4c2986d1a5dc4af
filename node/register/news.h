// Making what other nodes are told of a register, and receipts: reading only, from one snapshot.
#pragma once

#include <optional>
#include <vector>

#include "entente/v1/register.pb.h"
#include "node/register/head.h"
#include "node/tlog/receipt.h"

namespace entente::reg {

// What a node that holds `leaves` leaves and the final checkpoints up to `final_size` has not: one
// message, at most kNewsLeavesMax leaves. `head` is no newer than the snapshot.
absl::StatusOr<v1::RegisterNews> MakeNews(const storage::Snapshot& snapshot,
                                          const InstrumentId& instrument, const Head& head,
                                          uint64_t leaves, uint64_t final_size);

// Where an entry stands.
struct Standing {
  uint64_t index = 0;
  tlog::SignedCheckpoint checkpoint;    // the one the receipt is made with
  std::optional<uint64_t> final_since;  // POSIX seconds; nothing: the checkpoint is not final
  std::optional<uint64_t> received;     // by the register's clock, the same checkpoint
};
// The first final checkpoint that contains the entry; without one, the newest signed one that does.
// Nothing: the entry is in no checkpoint held here.
absl::StatusOr<std::optional<Standing>> StandingOf(const storage::Snapshot& snapshot,
                                                   const Head& head, const EntryId& id);
// POSIX seconds of the first final checkpoint that contains it; nothing: none does.
absl::StatusOr<std::optional<uint64_t>> FinalTimeOf(const storage::Snapshot& snapshot,
                                                    const LogId& log, const EntryId& id);
absl::StatusOr<tlog::Receipt> MakeReceipt(const storage::Snapshot& snapshot, const Head& head,
                                          const Standing& standing, std::string leaf);

// Checkpoints held of a register, ascending, from `from` on, at most `max`.
absl::StatusOr<std::vector<tlog::SignedCheckpoint>> CheckpointsOf(const storage::Snapshot& snapshot,
                                                                  const LogId& log, uint64_t from,
                                                                  size_t max);
absl::StatusOr<std::vector<std::string>> EvidenceOf(const storage::Snapshot& snapshot,
                                                    const LogId& log);

}  // namespace entente::reg
