#include "node/meaning/value/part.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "node/meaning/text/code.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {

bool IsPart(absl::string_view part) {
  for (absl::string_view plain :
       {"narrative", "reason", "milestones", "implementation", "assessment", "period", "values",
        "attachments", "title", "text"}) {
    if (part == plain) return true;
  }
  if (absl::ConsumePrefix(&part, "section.")) return Contains(SectionNames(), part);
  if (!absl::ConsumeSuffix(&part, "]")) return false;
  if (absl::ConsumePrefix(&part, "values[")) return IsIndicatorCode(part);
  return absl::ConsumePrefix(&part, "attachments[") && !part.empty();
}

}  // namespace entente::meaning
