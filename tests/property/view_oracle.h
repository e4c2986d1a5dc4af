// What views must show, computed over the whole set at once: every admitted entry projected under
// the code its delegation has in the charter in force, and nothing else.
#pragma once

#include "node/store/schema.h"
#include "tests/property/status_oracle.h"

namespace entente::oracle {

// The view digest of the instrument. `verdicts` as OracleStatus gave them.
base::Digest OracleViews(const OracleNotes& notes, const std::vector<Record>& records,
                         const std::map<base::EntryId, ledger::Verdict>& verdicts,
                         const base::InstrumentId& instrument);

// The frontier digest of the instrument: tips of what is stored.
base::Digest OracleFrontier(const OracleNotes& notes, const std::vector<Record>& records,
                            const base::InstrumentId& instrument);

}  // namespace entente::oracle
