// Catalogue files: refused as a whole with every fault named, or rows that are records without
// fault.
#include <algorithm>
#include <set>

#include "node/meaning/catalogue/csv.h"
#include "node/meaning/catalogue/csv_table.h"
#include "node/meaning/catalogue/write.h"
#include "node/meaning/record/record.h"
#include "tests/fuzz/target.h"

namespace entente::fuzz {

FUZZ_TARGET(catalogue, input) {
  const size_t lines =
      2 + static_cast<size_t>(std::count_if(input.begin(), input.end(),
                                            [](char c) { return c == '\n' || c == '\r'; }));
  const meaning::CsvTable table = meaning::ReadCsv(input);
  size_t cell_bytes = 0;
  for (const meaning::CsvRow& row : table.rows) {
    FUZZ_CHECK(row.line >= 1 && row.line <= lines);
    for (const std::string& cell : row.cells) cell_bytes += cell.size();
  }
  FUZZ_CHECK(cell_bytes <= input.size());

  const meaning::CatalogueFile file = meaning::ParseCatalogueCsv(input, "EU-GSC");
  FUZZ_CHECK(file.rows.empty() != file.errors.empty());
  for (const meaning::CatalogueFault& fault : file.errors) {
    FUZZ_CHECK(fault.line <= lines && !fault.message.empty());
  }
  std::set<std::string> slots;
  for (const meaning::CatalogueRow& row : file.rows) {
    const meaning::ReadRecord read = meaning::ReadPayload(row.kind, 1, row.payload);
    FUZZ_CHECK(!read.newer && !read.fault);
    FUZZ_CHECK(meaning::CommonOf(read.record)->delegation() == "EU-GSC");
    if (!row.slot.empty()) FUZZ_CHECK(slots.insert(row.slot).second);
    // An exported catalogue has a line for each record.
    FUZZ_CHECK(meaning::WriteCatalogue({row.record}).rows.size() == 1);
  }
}

}  // namespace entente::fuzz
