// Rows of the index family. A row is only its key:
//   instrument[32] | index id (1 byte) | field 0x00 field 0x00 ... | entry id[32]
// Each field ends with 0x00 and holds none, so a prefix of whole fields finds exactly the rows that
// begin with those fields, and rows order by field texts, then by entry id. A row is written for
// every admitted entry and stays when the entry is superseded: a query checks that the entry is a
// head of its slot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/base/id.h"

namespace entente::meaning {

enum class Index : uint8_t {
  kNames = 1,  // kind word, slot text; not of reports
  // 2 were reports, until view version 2: their slots lie in order of round and delegation.
  // 3 were interventions by round, chapter and speaker, until view version 3: a correction may move
  // one.
  kAttachments = 4,  // tree root as hex, size: which contents the instrument's reports name
  kAbout = 5,        // entry id as hex, kind word: what was said about an entry, or answers it; not
                     // of corrections
};

// Every row of an instrument's index whose first fields are these.
std::string IndexPrefix(const base::InstrumentId& instrument, Index index,
                        const std::vector<std::string>& fields);

// REQUIRES: no field holds 0x00.
std::string IndexKey(const base::InstrumentId& instrument, Index index,
                     const std::vector<std::string>& fields, const base::EntryId& entry);

struct IndexRow {
  base::InstrumentId instrument;
  Index index = Index::kNames;
  std::vector<std::string> fields;
  base::EntryId entry;
};
// Nothing when the bytes are no index key.
std::optional<IndexRow> ParseIndexKey(absl::string_view key);

}  // namespace entente::meaning
