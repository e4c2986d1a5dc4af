// Keys of the lookup family: rows that only answer questions. They are made from the log after the
// fact, by arrival number, so they cost a sync nothing; they are no views and in no digest. What
// they say is not judged: a question checks that an entry stands in its slot.
//   instrument[32] 'd' arrival[u64]                 -> LookupDocument
//   instrument[32] 'v' indicator 0x00 arrival[u64]  -> SeriesRow
//   instrument[32] 'w' word 0x00 arrival[u64]       -> WordPostings, of this document and later
//   ones
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::query {

// Of the rows; a change makes them anew.
inline constexpr uint32_t kLookupVersion = 1;

std::string DocumentKey(const base::InstrumentId& instrument, uint64_t arrival);
// `word` ends with the field: without `whole`, every word that begins with it.
std::string WordPrefix(const base::InstrumentId& instrument, absl::string_view word, bool whole);
std::string WordKey(const base::InstrumentId& instrument, absl::string_view word, uint64_t arrival);
std::string SeriesPrefix(const base::InstrumentId& instrument, absl::string_view indicator);
std::string SeriesKey(const base::InstrumentId& instrument, absl::string_view indicator,
                      uint64_t arrival);

struct WordRow {
  absl::string_view word;  // lives as long as the key
  uint64_t arrival = 0;
};
// Nothing unless WordKey made it.
std::optional<WordRow> ParseWordKey(absl::string_view key);

}  // namespace entente::query
