// The order of a register, told to a node that holds the entries: a leaf is named by its place, the
// entry that follows in its feed one which the tree already has, and only what has no such place is
// spelt out as its 32 bytes (docs/protocol.md, "Register"). Nothing is trusted: the ids that come
// out have to lead to the root of a signed checkpoint, like those that were spelt out.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "entente/v1/register.pb.h"
#include "node/ledger/entry.h"
#include "node/register/head.h"
#include "storage/kv.h"

namespace entente::reg {

// Over this many leaves in one message it is refused.
inline constexpr uint64_t kNewsLeavesMax = 8192;

// Final checkpoints in one message.
inline constexpr int kNewsFinalMax = 64;

// The highest sequence of a feed that the reader holds, with all before it.
using HeldUpTo = std::function<uint64_t(const ledger::FeedKey&)>;
// Puts leaves [news.from, news.from + ids.size()) of the register into `order` and `leaves`.
// `held`: only what the reader holds is named by its place; null: it holds, or will hold, all.
// REQUIRES: they stand there in the snapshot.
absl::Status NameByPlaces(const storage::Snapshot& snapshot, const LogId& log,
                          const std::vector<EntryId>& ids, const HeldUpTo& held,
                          v1::RegisterNews& news);

// How many leaves the news tells, whichever way.
uint64_t LeavesIn(const v1::RegisterNews& news);

enum class Reading : uint8_t {
  kWhole,         // `order` is gone, `leaves` has every id
  kLacksEntries,  // an entry that a place names is not held; it may come
  kForked,        // a place names several entries held here: ask for the ids
};
// Turns places into ids. Leaves that are of no use here (held already, or beyond a gap) are dropped
// unread. INVALID_ARGUMENT, PROOF_MALFORMED: no order, or over kNewsLeavesMax.
absl::StatusOr<Reading> SpellOut(const storage::Snapshot& snapshot, const Head& head,
                                 v1::RegisterNews& news);

}  // namespace entente::reg
