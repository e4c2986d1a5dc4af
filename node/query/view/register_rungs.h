// The upper rungs of the receipt ladder: in the register, cosigned, and the interval that dates an
// entry.
#pragma once

#include <optional>
#include <vector>

#include "node/query/view/table.h"
#include "node/query/view/views.h"
#include "node/register/news.h"

namespace entente::query {

// Two rows: "in the register" and "cosigned".
absl::Status AddRegisterRungs(const Views& views, const base::EntryId& id, TableBuilder& table);

// POSIX seconds at which a checkpoint of this size existed at the latest; nothing: unknown here.
absl::StatusOr<std::optional<uint64_t>> CheckpointTime(const Views& views, const reg::Head& head,
                                                       uint64_t size);

// Unix milliseconds of the first final checkpoint that contains an entry, in any register the
// charter names; nothing: none is known here. For questions that ask it of many.
class ReceivedTimes {
 public:
  // The snapshot and what is published outlive it.
  explicit ReceivedTimes(const Views& views);
  absl::StatusOr<std::optional<int64_t>> Ms(const base::EntryId& id);

 private:
  std::vector<reg::FinalTimes> registers_;
};
// Of one entry.
absl::StatusOr<std::optional<int64_t>> ReceivedMs(const Views& views, const base::EntryId& id);

}  // namespace entente::query
