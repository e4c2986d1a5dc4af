// What a person reads while a sync runs.
#pragma once

#include <cstdint>
#include <string>

#include "entente/v1/local.pb.h"

namespace entente::client {

// What the whole pass was limited by, and how much of it the peers before took.
struct SyncBudget {
  uint64_t max_bytes = 0, until_ms = 0;  // 0: no limit; Unix ms
  uint64_t used = 0;
};

// "EU-GSC: 120 of 600 in, 3 of 3 out, 2.5 kB/s, 40 s left": until everything went over, or the
// budget is used up.
std::string ProgressText(const v1::SyncProgress& progress, const SyncBudget& budget,
                         uint64_t now_ms);

}  // namespace entente::client
