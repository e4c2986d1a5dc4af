// The parts of a record that a remark, a comment or a translation may point at: "narrative",
// "section.obstacles", "values[OST-CLIENTS]", "attachments[order.pdf]", "milestones"... One
// spelling, the one findings use.
#pragma once

#include "absl/strings/string_view.h"

namespace entente::meaning {

bool IsPart(absl::string_view part);

}  // namespace entente::meaning
