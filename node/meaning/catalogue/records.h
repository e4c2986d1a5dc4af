// From one line of a catalogue file to the record it stands for. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "node/meaning/catalogue/columns.h"
#include "node/meaning/catalogue/csv.h"
#include "node/meaning/record/record.h"

namespace entente::meaning {

// Cells that cannot be read (numbers, dimensions) go to `errors`; the rules of the model are not
// applied here.
Record BuildRecord(const CatalogueLine& line, const std::string& delegation_code,
                   std::vector<CatalogueFault>& errors);

}  // namespace entente::meaning
