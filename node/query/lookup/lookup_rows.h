// Keys of the lookup family: rows that only answer questions. They are made from the log after the
// fact, by arrival number, so they cost a sync nothing; they are no views and in no digest. What
// they say is not judged: a question checks that an entry stands in its slot.
//   instrument[32] 'd' part[u64]                    -> PartDocuments
//   instrument[32] 'w' part[u64] word               -> words up to this one (word_rows.h)
//   instrument[32] 'v' indicator 0x00 arrival[u64]  -> SeriesRow
// A part is some of an instrument's documents, one after the other in the order they arrived; it is
// called by the arrival number of the first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::query {

// Of the rows; a change makes them anew.
inline constexpr uint32_t kLookupVersion = 2;

std::string DocumentsKey(const base::InstrumentId& instrument, uint64_t part);
// Of all parts.
std::string WordPrefix(const base::InstrumentId& instrument);
// Of one part; sought, it is where the rows of this part and later ones begin.
std::string WordPrefix(const base::InstrumentId& instrument, uint64_t part);
// `last` is the row's last word. Sought with any word, it is the row that holds it, if one does.
std::string WordKey(const base::InstrumentId& instrument, uint64_t part, absl::string_view last);
std::string SeriesPrefix(const base::InstrumentId& instrument, absl::string_view indicator);
std::string SeriesKey(const base::InstrumentId& instrument, absl::string_view indicator,
                      uint64_t arrival);

// The part whose words the row has; nothing unless WordKey made the key.
std::optional<uint64_t> PartOfWordKey(absl::string_view key);

}  // namespace entente::query
