// The limits of the port and the one place that checks them, so that both stores refuse the same
// batches.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/kv.h"

namespace entente::storage {

inline constexpr size_t kMaxKeyBytes = 1024;
inline constexpr size_t kMaxValueBytes = 1024 * 1024;

// INVALID_ARGUMENT if an operation names an unknown family, merges where no function is set, or has
// a key or value over the limit. A refused batch has touched nothing and the store stays open.
absl::Status CheckBatch(const WriteBatch& batch, const std::vector<FamilyOptions>& families);

// INVALID_ARGUMENT for a read in a family that was not opened.
absl::Status CheckFamily(Family family, size_t families);

// The smallest key greater than every key that starts with `prefix`; empty: there is none (a prefix
// that is empty or all 0xff), the range is open at the end.
std::string PrefixEnd(absl::string_view prefix);

}  // namespace entente::storage
