// A catalogue file: an instrument with its chapters, indicators, commitments, rounds and
// interventions, one record a line, as CSV. Columns and examples: docs/catalogue.md. The file is
// checked as a whole and every fault is named at once, with line, column and remedy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

struct CatalogueRow {
  uint32_t kind = 0;    // entry.proto
  std::string payload;  // schema 1; Common.delegation is the importing delegation
  size_t line = 0;
  std::string reference;  // "EUCA-2014/DDR/08"; of an intervention "MTR-2017 DDR KG 1"
  std::string slot;       // empty for interventions, which have no slot before they are signed
  Record record;          // the same as the payload, for a caller that adds what it supersedes
};

struct CatalogueFault {
  size_t line = 0;
  std::string column;  // empty: the whole line or file
  std::string message;

  std::string Print() const;  // "line 12, column nature: ..."
};

struct CatalogueFile {
  std::string instrument;  // code; empty when the file has no instrument line
  // In the order to sign them: instrument, chapters, indicators, commitments, rounds,
  // interventions. Empty when there are errors.
  std::vector<CatalogueRow> rows;
  std::vector<CatalogueFault> errors;    // the file is refused
  std::vector<CatalogueFault> warnings;  // such as a chapter that must be held already
};

// `delegation_code` is the secretariat that signs.
CatalogueFile ParseCatalogueCsv(absl::string_view text, absl::string_view delegation_code);

}  // namespace entente::meaning
