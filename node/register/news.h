// Making what other nodes are told of a register, and receipts: reading only, from one snapshot.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "entente/v1/register.pb.h"
#include "node/register/head.h"
#include "node/register/index_rows.h"
#include "node/register/order.h"
#include "node/tlog/receipt.h"

namespace entente::reg {

// Leaves named by their places, or spelt out.
enum class Naming : uint8_t { kPlaces, kSpelt };
struct NewsFor {
  uint64_t leaves = 0;      // of these the receiver has so many,
  uint64_t final_size = 0;  // and every final checkpoint up to this size
  Naming naming = Naming::kPlaces;
  HeldUpTo held =
      nullptr;  // with places: of what it does not hold the ids are told; null: it will hold all
  uint64_t leaves_max = kNewsLeavesMax;
  int finals_max = kNewsFinalMax;
};
// What it lacks: one message. `head` is no newer than the snapshot.
absl::StatusOr<v1::RegisterNews> MakeNews(const storage::Snapshot& snapshot,
                                          const InstrumentId& instrument, const Head& head,
                                          const NewsFor& receiver);
// What the receiver has once it took the news. True: that is all there is.
absl::StatusOr<bool> Advance(const Head& head, const v1::RegisterNews& news, NewsFor& receiver);

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
// When entries became final. What checkpoint is the first to hold a leaf is sought once for all
// leaves between two that were asked about.
class FinalTimes {
 public:
  // `snapshot` outlives this. `arrivals` may be null.
  FinalTimes(const storage::Snapshot* snapshot, const LogId& log,
             std::shared_ptr<store::ArrivalCache> arrivals = nullptr)
      : snapshot_(snapshot), log_(log), index_(snapshot, log, std::move(arrivals)) {}
  // POSIX seconds of the first final checkpoint that contains it; nothing: none does.
  absl::StatusOr<std::optional<uint64_t>> Of(const EntryId& id);

 private:
  struct Found {
    uint64_t from = 0;  // the lowest leaf it was the first for
    uint64_t time = 0;
  };
  const storage::Snapshot* snapshot_;
  LogId log_;
  IndexReader index_;
  std::map<uint64_t, Found> found_;  // by the checkpoint's size
};
absl::StatusOr<tlog::Receipt> MakeReceipt(const storage::Snapshot& snapshot, const Head& head,
                                          const Standing& standing, std::string leaf);

// Checkpoints held of a register, ascending, from `from` on, at most `max`.
absl::StatusOr<std::vector<tlog::SignedCheckpoint>> CheckpointsOf(const storage::Snapshot& snapshot,
                                                                  const LogId& log, uint64_t from,
                                                                  size_t max);
// The newest final one; nothing: none is.
absl::StatusOr<std::optional<tlog::SignedCheckpoint>> NewestFinal(const storage::Snapshot& snapshot,
                                                                  const Head& head);
absl::StatusOr<std::vector<std::string>> EvidenceOf(const storage::Snapshot& snapshot,
                                                    const LogId& log);

}  // namespace entente::reg
