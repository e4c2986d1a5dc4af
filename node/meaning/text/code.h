// The grammar of codes. Codes go into slots, index keys and references, so no code may hold a
// separator of those ('/', '#', '~', ':', NUL) beyond its own.
#pragma once

#include "absl/strings/string_view.h"

namespace entente::meaning {

bool IsInstrumentCode(absl::string_view code);  // "EUCA-2014": [A-Z][A-Z0-9-]{1,31}
bool IsDelegationCode(absl::string_view code);  // "EU-COM": the same
bool IsRoundCode(absl::string_view code);       // "MTR-2017": [A-Z0-9][A-Z0-9-]{0,31}
bool IsIndicatorCode(absl::string_view code);   // "OST-CLIENTS": as a round
bool IsChapterCode(absl::string_view code);     // "DDR", "IV", "2": [A-Za-z0-9][A-Za-z0-9-]{0,15}
bool IsCommitmentCode(absl::string_view code);  // "DDR/08": chapter code, slash, chapter grammar
// The chapter a commitment code stands in: "DDR" of "DDR/08".
absl::string_view ChapterOf(absl::string_view commitment_code);

}  // namespace entente::meaning
