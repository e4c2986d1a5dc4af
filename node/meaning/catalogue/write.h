// The catalogue as the file it could have come from: what csv.h reads, written. Pure.
//
// Invariant: ParseCatalogueCsv of the written file gives records with the same CatalogueWords, for
// every record that a file can hold; a caller that wants to be sure reads it back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

struct CatalogueSheet {
  std::vector<std::string> columns;            // those that hold something, in their usual order
  std::vector<std::vector<std::string>> rows;  // plain cells, one for each column
};

// In the order of a file: instrument, chapters, indicators, commitments, rounds, interventions.
// Records of other kinds are passed over.
CatalogueSheet WriteCatalogue(const std::vector<Record>& records);

// What a line of a file says of a record, as bytes to compare: without what the record replaces and
// cites, texts beyond the first in the order of their languages. Empty for a payload that is not
// read.
std::string CatalogueWords(uint32_t kind, absl::string_view payload);

}  // namespace entente::meaning
