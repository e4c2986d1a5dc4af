// What a person limits a sync or a bundle by: a size, a time of day.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace entente::client {

// "5MB", "200k", "1GiB" in bytes; USAGE names the option.
absl::StatusOr<uint64_t> ParseSize(const std::string& option, const std::string& text);

// "18:00" today by this machine's time zone, "2017-03-01 18:00" likewise, or
// "2017-03-01T18:00:00Z", in Unix ms. USAGE: no time, or not later than `now_ms`.
absl::StatusOr<uint64_t> ParseUntil(const std::string& text, uint64_t now_ms);

}  // namespace entente::client
