#include "client/exchange/limits.h"

#include <ctime>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/base/clock.h"
#include "client/base/errors.h"

namespace entente::client {

absl::StatusOr<uint64_t> ParseSize(const std::string& option, const std::string& text) {
  static constexpr std::pair<const char*, uint64_t> kUnits[] = {
      {"gib", uint64_t{1} << 30}, {"mib", 1 << 20}, {"kib", 1 << 10}, {"gb", 1'000'000'000},
      {"mb", 1'000'000},          {"kb", 1'000},    {"b", 1},         {"g", 1'000'000'000},
      {"m", 1'000'000},           {"k", 1'000}};
  const std::string lower = absl::AsciiStrToLower(text);
  absl::string_view number = lower;
  uint64_t unit = 1;
  for (const auto& [name, bytes] : kUnits) {
    if (!absl::EndsWith(lower, name)) continue;
    number.remove_suffix(std::string(name).size());
    unit = bytes;
    break;
  }
  uint64_t count = 0;
  if (!absl::SimpleAtoi(absl::StripAsciiWhitespace(number), &count) || count == 0 ||
      count > std::numeric_limits<uint64_t>::max() / unit) {
    return UsageError(absl::StrCat(option, " \"", text, "\" is no size"),
                      "a whole number and a unit, such as 5MB, 700kB or 1GiB");
  }
  return count * unit;
}

namespace {

// 0: neither form. A time of day alone is one of today.
uint64_t LocalMs(const std::string& text, uint64_t now_ms) {
  for (const char* format : {"%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"}) {
    const auto now = static_cast<time_t>(now_ms / 1000);
    tm parts{};
    localtime_r(&now, &parts);
    parts.tm_sec = 0;
    const char* end = strptime(text.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') continue;
    parts.tm_isdst = -1;
    const int day = parts.tm_mday;
    const time_t at = mktime(&parts);  // makes 3 March of 31 February
    return at > 0 && parts.tm_mday == day ? static_cast<uint64_t>(at) * 1000 : 0;
  }
  return 0;
}

}  // namespace

absl::StatusOr<uint64_t> ParseUntil(const std::string& text, uint64_t now_ms) {
  const uint64_t utc = absl::EndsWith(text, "Z") ? ParseUtc(text) : 0;
  const uint64_t at = utc > 0 ? utc : LocalMs(text, now_ms);
  if (at == 0) {
    return UsageError(absl::StrCat("--until \"", text, "\" is no time"),
                      "such as 18:00, \"2017-03-01 18:00\" or 2017-03-01T18:00:00Z");
  }
  if (at <= now_ms) {
    return UsageError(absl::StrCat("--until ", text, " is past; it is ", UtcText(now_ms), " now"),
                      "give a time still to come, with its date if it is another day");
  }
  return at;
}

}  // namespace entente::client
