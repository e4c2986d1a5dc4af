// Calendar dates of the proleptic Gregorian calendar, years 1 to 9999, and their text (ISO 8601,
// YYYY-MM-DD). No clock: instants are milliseconds since 1970-01-01T00:00Z given by the caller.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace entente::meaning {

struct Date {
  int year = 0, month = 0, day = 0;
  friend auto operator<=>(const Date&, const Date&) = default;
};

int DaysInMonth(int year, int month);                   // 0 for a month that is none
std::optional<Date> ParseDate(absl::string_view text);  // real dates only
std::string PrintDate(const Date& date);

// Days since 1970-01-01 (negative before it), and back.
int64_t DayNumber(const Date& date);
Date DateOfDay(int64_t day);

// Minutes east of UTC: "" and "Z" are 0, "+05:30" is 330. Nothing for anything else.
std::optional<int> ParseZone(absl::string_view zone);

// The first millisecond after the end of `date` in a zone.
int64_t EndOfDayMs(const Date& date, int zone_minutes);

}  // namespace entente::meaning
